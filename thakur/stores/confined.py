"""How a server's program is started: directly as a normal user, as the service user under bubblewrap when root."""

import os
import pwd
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from thakur.sandbox import bubblewrap
from thakur.stores.identity import SERVICE_NAME, ServiceUser
from thakur.stores.interface import StoreMissing
from thakur.stores.programs import Program

SYSTEM_PATH = "/usr/bin:/bin:/usr/sbin:/sbin"
ENVIRONMENT = {"PATH": SYSTEM_PATH, "LC_ALL": "C", "TZ": "UTC"}

_STORES = Path("/stores")
_PROGRAMS = Path("/programs")
_SYSTEM = tuple(Path(path) for path in ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64"))
_DEVICES = ("/dev/null", "/dev/zero", "/dev/random", "/dev/urandom")


@dataclass(frozen=True, slots=True)
class Place:
    """Where one server's program, data and configuration lie, for us and for the program."""

    stores: Path
    program: Program
    user: ServiceUser | None
    is_boxed: bool
    writable: tuple[str, ...]

    def inside(self, *names: str) -> str:
        """Name a path below the stores' directory as the program sees it."""
        return str((_STORES if self.is_boxed else self.stores).joinpath(*names))

    def executable(self, name: str = "") -> str:
        root = _PROGRAMS if self.is_boxed else self.program.root
        return str(root / self.program.below / name)

    def argv(self, command: Sequence[str]) -> list[str]:
        """Wrap a command whose paths come from `inside` and `executable`."""
        if not self.is_boxed:
            return list(command)
        return [*_box(self), "--", *_as_user(self.user), *command]


def detached(command: Sequence[str]) -> list[str]:
    """Wrap a command so that it is nobody's child, in a session that no signal to ours reaches."""
    return [system_program("setsid"), "--fork", *command]


def system_program(name: str) -> str:
    """Find a program of util-linux. Raises StoreMissing."""
    path = shutil.which(name, path=SYSTEM_PATH)
    if path is None:
        raise StoreMissing(f"The program {name} is not on this host", hint="Install the system package util-linux.")
    return path


def is_nameless() -> bool:
    """Say whether our own uid has no entry in passwd, which initdb demands."""
    try:
        pwd.getpwuid(os.geteuid())
    except KeyError:
        return True
    return False


def accounts(user: ServiceUser | None) -> tuple[str, str]:
    """Write the passwd and group that the boxed programs see."""
    uid, gid = (user.uid, user.gid) if user else (os.geteuid(), os.getegid())
    passwd = f"root:x:0:0::/:/bin/false\n{SERVICE_NAME}:x:{uid}:{gid}::/:/bin/false\n"
    return passwd, f"root:x:0:\n{SERVICE_NAME}:x:{gid}:\n"


def _box(place: Place) -> list[str]:
    # No pid and no ipc namespace: PostgreSQL tells a live predecessor by its pid and its shared memory.
    argv = [str(bubblewrap())]
    if place.user:
        argv += ["--cap-drop", "ALL", "--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID", "--cap-add", "CAP_SETPCAP"]
    else:
        argv += ["--unshare-user"]
    # Parents that bubblewrap makes on its own are closed to the service user.
    for directory in ("/etc", "/dev", str(_STORES)):
        argv += ["--perms", "0755", "--dir", directory]
    for path in _SYSTEM:
        argv += ["--symlink", str(path.readlink()), str(path)] if path.is_symlink() else _read_only(path, path)
    for device in _DEVICES:
        argv += ["--dev-bind", device, device]
    for directory in ("/tmp", "/dev/shm"):  # noqa: S108  inside the box
        argv += ["--perms", "1777", "--tmpfs", directory]
    for file in (Path("/proc"), Path("/etc/ld.so.cache")):
        argv += _read_only(file, file)
    for name in ("passwd", "group"):
        argv += _read_only(place.stores / "conf" / name, Path("/etc", name))
    argv += _read_only(place.stores / "conf", Path(place.inside("conf")))
    for name in place.writable:
        argv += ["--bind", str(place.stores / name), place.inside(name)]
    # A closed directory of another uid cannot be entered once the capabilities are dropped.
    return [*argv, *_read_only(place.program.root, _PROGRAMS), "--chdir", "/"]


def _read_only(source: Path, target: Path) -> list[str]:
    return ["--ro-bind-try", str(source), str(target)]


def _as_user(user: ServiceUser | None) -> list[str]:
    if user is None:
        return []
    ids = [f"--reuid={user.uid}", f"--regid={user.gid}", "--clear-groups"]
    return [system_program("setpriv"), *ids, "--inh-caps=-all", "--bounding-set=-all", "--no-new-privs", "--"]
