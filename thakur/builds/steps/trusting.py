"""Trusting: bun leaves out the install scripts of most packages; here they run as npm runs them."""

import re
from collections.abc import Awaitable, Callable

from thakur.builds.steps.command import CommandFailed
from thakur.logs import Level, StreamWriter

Run = Callable[[tuple[str, ...]], Awaitable[str]]

_NAME = r"(?:@[\w.-]+/)?\w[\w.-]*"
_LISTED = re.compile(rf"^\./\S*node_modules/({_NAME}) @", re.MULTILINE)
_FAILED = re.compile(rf'script from "({_NAME})" exited')
# A script that fails ends the others, so they are run again without it; so often.
_TRIES = 10


async def run_scripts(run: Run, writer: StreamWriter) -> bool:
    """Run them all. One that fails is told and left out, as an optional package is; whether none did."""
    failed: set[str] = set()
    command: tuple[str, ...] = ("bun", "pm", "trust", "--all")
    for _ in range(_TRIES):
        try:
            await run(command)
        except CommandFailed as error:
            failure, found = error.failure, _FAILED.search(error.output)
        else:
            return not failed
        name = found[1] if found else "a package"
        writer.write(
            f"The install script of {name} failed: {failure.why} The build goes on without it; {failure.next}",
            Level.WARNING,
        )
        if found is None or name in failed:
            return False
        failed.add(name)
        others = set(_LISTED.findall(await run(("bun", "pm", "untrusted")))) - failed
        if not others:
            return False
        command = ("bun", "pm", "trust", *sorted(others))
    return False
