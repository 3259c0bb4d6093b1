"""Where this server's control groups lie, in whatever mixture of v1 and v2 this host has mounted."""

import contextlib
import errno
import os
from pathlib import Path

import msgspec

from thakur.sandbox.limits.leaf import UNIFIED, Leaf

CONTROLLERS = ("memory", "cpu", "pids", "freezer")
# On v2 freezing belongs to the core.
SWITCHED = ("memory", "cpu", "pids")
# Where our own processes go when v2 forbids a group to hold both processes and groups.
OWN_LEAF = "supervisor"


class Mount(msgspec.Struct, frozen=True):
    """One mounted hierarchy: `root` is what of it is seen at `path`; v2 names its controllers in a file."""

    path: str
    root: str
    version: int
    controllers: tuple[str, ...] = ()


def mounts(mountinfo: str) -> list[Mount]:
    """Read /proc/self/mountinfo."""
    found: list[Mount] = []
    for line in mountinfo.splitlines():
        before, _, after = line.partition(" - ")
        kind, _, options = after.split(" ", 2)
        root, path = before.split()[3:5]
        if kind == "cgroup2":
            found.append(Mount(path, root, 2, (UNIFIED,)))
        elif kind == "cgroup":
            known = tuple(option for option in options.split()[-1].split(",") if option in CONTROLLERS)
            found.append(Mount(path, root, 1, known))
    return found


def memberships(text: str) -> dict[str, str]:
    """Read /proc/self/cgroup: our path within each hierarchy, by controller; that of v2 under UNIFIED."""
    found: dict[str, str] = {}
    for line in text.splitlines():
        _, controllers, path = line.split(":", 2)
        for controller in controllers.split(",") if controllers else [UNIFIED]:
            found[controller] = path
    return found


class Cgroups:
    """The groups of one data directory, `<hierarchy>/<root_name>/<leaf>`; `reasons` says what is out of reach."""

    def __init__(self, root_name: str, found: list[Mount] | None = None, own: dict[str, str] | None = None) -> None:
        self._root_name = root_name
        self._bases: dict[str, Path] = {}
        self._versions: dict[str, int] = {}
        self.reasons: dict[str, str] = dict.fromkeys((*CONTROLLERS, UNIFIED), "no such control group is mounted")
        own = memberships(_read("/proc/self/cgroup")) if own is None else own
        for mount in mounts(_read("/proc/self/mountinfo")) if found is None else found:
            self._take(mount, own)

    def leaf(self, name: str) -> Leaf:
        """The leaf of this name, made or not."""
        return Leaf({key: base / self._root_name / name for key, base in self._bases.items()}, self._versions)

    def leaves(self) -> frozenset[str]:
        """The names of all leaves that exist."""
        groups = [base / self._root_name for base in self._bases.values()]
        return frozenset(leaf.name for group in groups if group.is_dir() for leaf in group.iterdir() if leaf.is_dir())

    def prepare(self) -> None:
        """Make the server's own groups; before each leaf, because they go with the last one."""
        for key, base in self._bases.items():
            (base / self._root_name).mkdir(exist_ok=True)
            if self._versions[key] == 2 and key in SWITCHED:
                _switch_on(base / self._root_name, key)

    def _take(self, mount: Mount, own: dict[str, str]) -> None:
        if not mount.controllers:
            return
        base = next(filter(None, (self._usable(path) for path in _places(mount, own))), None)
        for controller in mount.controllers:
            if base is None:
                self.reasons[controller] = f"{mount.path} is not ours to write: it takes root or a delegated group"
            elif self._bases.setdefault(controller, base) == base:
                self._keep(controller, mount.version)
        if mount.version == 2 and base is not None:
            self._take_switched(base)

    def _take_switched(self, base: Path) -> None:
        available = _read(base / "cgroup.controllers").split()
        for controller in SWITCHED:
            if controller in available and controller not in self._bases:
                try:
                    _switch_on(base, controller)
                except OSError as error:
                    self.reasons[controller] = f"{base}: {controller} cannot be switched on: {error.strerror}"
                else:
                    self._bases[controller] = base
                    self._keep(controller, 2)
        if "freezer" not in self._bases:
            self._bases["freezer"] = base
            self._keep("freezer", 2)

    def _keep(self, controller: str, version: int) -> None:
        self._versions[controller] = version
        self.reasons.pop(controller, None)

    def _usable(self, place: Path) -> Path | None:
        # A try is the only sure answer: modes, read-only mounts and delegation all have a say.
        group = place / self._root_name
        try:
            group.mkdir(exist_ok=True)
        except OSError:
            return None
        usable = os.access(group / "cgroup.procs", os.W_OK)
        with contextlib.suppress(OSError):
            group.rmdir()
        return place if usable else None


def _places(mount: Mount, own: dict[str, str]) -> list[Path]:
    # Root's groups lie at the top, so that the next serve finds them whichever session or service started it.
    path = own.get(mount.controllers[0], "/")
    within = Path(path.removeprefix(mount.root.rstrip("/")).lstrip("/"))
    # Whoever moved us out of a group, systemd or an earlier serve, did so for its groups.
    within = within.parent if within.name == OWN_LEAF else within
    below = [Path(mount.path, within)] if ".." not in within.parts else []
    return [Path(mount.path), *below]


def _switch_on(group: Path, controller: str) -> None:
    control = group / "cgroup.subtree_control"
    if controller in control.read_text().split():
        return
    try:
        control.write_text(f"+{controller}")
    except OSError as error:
        if error.errno != errno.EBUSY:
            raise
        _move_out(group)
        control.write_text(f"+{controller}")


def _move_out(group: Path) -> None:
    refuge = group / OWN_LEAF
    refuge.mkdir(exist_ok=True)
    for pid in (group / "cgroup.procs").read_text().split():
        with contextlib.suppress(ProcessLookupError):
            (refuge / "cgroup.procs").write_text(pid)


def _read(path: str | Path) -> str:
    try:
        return Path(path).read_text()
    except OSError:
        return ""
