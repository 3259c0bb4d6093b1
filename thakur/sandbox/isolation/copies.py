"""What an application gets where overlays do not work: a copy of the artifact of its own."""

import asyncio

from thakur.sandbox.interface import Overlay, SandboxRefused, Workspace

COPY_SECONDS = 120.0


def is_about_overlays(error: SandboxRefused) -> bool:
    """Whether bubblewrap failed at the overlay and at nothing else."""
    return "overlay mount" in error.message


async def copy_instead(app: Overlay) -> Workspace:
    """Fill the upper directory with the artifact; blocks are shared where the file system can.

    Never hardlinks: a write in place would change the artifact. Raises SandboxRefused.
    """
    process = await asyncio.create_subprocess_exec(
        *("cp", "--archive", "--reflink=auto", "--no-target-directory", app.lower, app.upper),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        async with asyncio.timeout(COPY_SECONDS):
            _, words = await process.communicate()
    except BaseException:
        process.kill()
        await process.wait()
        raise
    if process.returncode != 0:
        raise SandboxRefused(f"{app.lower} could not be copied: {words.decode(errors='replace').strip()}")
    return Workspace(app.upper)
