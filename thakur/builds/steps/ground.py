"""The ground of an installation: which lockfiles lie in a directory that was unpacked and not yet touched, and what is asked for."""

import re
from pathlib import Path

import msgspec

from thakur.builds.detection.locks import HEAD_BYTES, LOCKS, Lock, chosen_lock, lock_of, manager_version
from thakur.builds.detection.wishes import Wishes, read_wishes

_MANIFEST_BYTES = 512 * 1024
_SETTINGS_BYTES = 64 * 1024
_FLAT = re.compile(
    r"^(?:node-linker\s*=\s*hoisted|shamefully-hoist\s*=\s*true|nodeLinker:\s*['\"]?hoisted|shamefullyHoist:\s*true)",
    re.MULTILINE,
)


class Ground(msgspec.Struct, frozen=True, kw_only=True):
    """`lock` is the one that counts, `others` are those that bun would take before it.

    `wants_flat` is what a project of pnpm may say of how its packages are laid out.
    """

    lock: Lock | None
    others: tuple[str, ...]
    wishes: Wishes
    wants_flat: bool = False

    @property
    def is_foreign(self) -> bool:
        """Whether the project comes from npm, yarn or pnpm, or has no lockfile at all."""
        return self.lock is None or self.lock.manager != "bun"

    @property
    def manager(self) -> str:
        """The package manager and its version, as tools are told it; nothing for bun."""
        return manager_version(self.lock, self.wishes.package_manager)


NO_GROUND = Ground(lock=None, others=(), wishes=Wishes())


def look(directory: Path) -> Ground:
    """Read the directory; its links stay inside the source."""
    wishes = read_wishes(_head(directory / "package.json", _MANIFEST_BYTES))
    names = frozenset(name for name in LOCKS if (directory / name).is_file())
    name = chosen_lock(names, wishes.package_manager)
    if name is None:
        return Ground(lock=None, others=(), wishes=wishes)
    order = list(LOCKS)
    others = tuple(other for other in order[: order.index(name)] if other in names)
    settings = (_head(directory / file, _SETTINGS_BYTES) for file in (".npmrc", "pnpm-workspace.yaml"))
    return Ground(
        lock=lock_of(name, _head(directory / name, HEAD_BYTES)),
        others=others,
        wishes=wishes,
        wants_flat=any(_FLAT.search(text) for text in settings),
    )


def set_aside(directory: Path, ground: Ground) -> None:
    """Remove the lockfiles that do not count from the copy that is built."""
    for name in ground.others:
        (directory / name).unlink(missing_ok=True)


def _head(path: Path, size_bytes: int) -> str:
    try:
        with path.open("rb") as file:
            return file.read(size_bytes).decode(errors="replace")
    except OSError:
        return ""
