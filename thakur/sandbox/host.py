"""What a sandbox's command line depends on and only this host can tell: who we are, where programs and libraries lie."""

import functools
import os
import re
import shutil
from pathlib import Path

import msgspec

from thakur.sandbox.interface import SandboxRefused
from thakur.sandbox.program import SYSTEM_PATH, bubblewrap

# Where programs and libraries lie outside /usr: links on merged systems, directories on others.
BESIDE_USR = ("bin", "sbin", "lib", "lib32", "lib64", "libx32")


class Host(msgspec.Struct, frozen=True, kw_only=True):
    """The facts; `links` and `directories` are the names of BESIDE_USR that exist as the one or the other."""

    uid: int
    gid: int
    bubblewrap: str
    setpriv: str
    env: str
    ionice: str = ""
    links: tuple[tuple[str, str], ...] = ()
    directories: tuple[str, ...] = ()

    # Since Linux 5.14 a user namespace has a count of its own; before, all of a user's processes would be in it.
    counts_processes_by_namespace: bool = False

    @property
    def is_root(self) -> bool:
        return self.uid == 0


@functools.cache
def this_host() -> Host:
    """Look once. Raises BubblewrapMissing, SandboxRefused."""
    beside = [Path("/", name) for name in BESIDE_USR]
    return Host(
        uid=os.geteuid(),
        gid=os.getegid(),
        bubblewrap=str(bubblewrap()),
        setpriv=_program("setpriv", "util-linux"),
        env=_program("env", "coreutils"),
        counts_processes_by_namespace=os.geteuid() != 0 and _kernel() >= (5, 14),
        ionice=shutil.which("ionice", path=SYSTEM_PATH) or "",
        links=tuple((str(path), str(path.readlink())) for path in beside if path.is_symlink()),
        directories=tuple(str(path) for path in beside if path.is_dir() and not path.is_symlink()),
    )


def _program(name: str, package: str) -> str:
    found = shutil.which(name, path=SYSTEM_PATH)
    if found is None:
        raise SandboxRefused(f"{name} was not found on this host.", hint=f"Install your system's package {package}.")
    return found


def _kernel() -> tuple[int, ...]:
    return tuple(int(number) for number in re.findall(r"\d+", os.uname().release)[:2])
