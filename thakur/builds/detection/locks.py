"""Lockfiles: whose they are, and whether bun takes their versions over."""

import re
from typing import Literal

import msgspec

Manager = Literal["bun", "npm", "yarn", "pnpm"]

# In the order in which bun looks for them; its own come first.
LOCKS: dict[str, Manager] = {
    "bun.lock": "bun",
    "bun.lockb": "bun",
    "npm-shrinkwrap.json": "npm",
    "package-lock.json": "npm",
    "yarn.lock": "yarn",
    "pnpm-lock.yaml": "pnpm",
}
# What a lockfile says of its format stands in its first lines.
HEAD_BYTES = 4096
_OLDEST = {"npm": 2.0, "pnpm": 6.0}
_FORMATS = {
    "npm": re.compile(r'"lockfileVersion"\s*:\s*([\d.]+)'),
    "pnpm": re.compile(r"^lockfileVersion:\s*['\"]?([\d.]+)", re.MULTILINE),
    "yarn": re.compile(r"^__metadata:\s*\n\s+version:\s*([\d.]+)", re.MULTILINE),
}
# What a tool is told that asks for a version, when the project names none.
_VERSIONS = {"npm": "11.6.0", "yarn": "1.22.22", "pnpm": "10.20.0"}
_BERRY = "4.9.1"
_NAMED = re.compile(r"(npm|yarn|pnpm|bun)@(\d+\.\d+\.\d+[\w.-]*)")


class Lock(msgspec.Struct, frozen=True):
    """A lockfile; `format` is what it says itself, nothing for yarn's first."""

    name: str
    manager: Manager
    format: str = ""

    @property
    def migrates(self) -> bool:
        """Whether bun can read it."""
        return self.manager not in _OLDEST or not self.format or float(self.format) >= _OLDEST[self.manager]


def lock_of(name: str, head: str = "") -> Lock:
    """The lockfile of that name, by its first lines."""
    manager = LOCKS[name]
    found = _FORMATS[manager].search(head) if manager in _FORMATS else None
    return Lock(name, manager, _number(found[1]) if found else "")


def chosen_lock(names: frozenset[str], package_manager: str) -> str | None:
    """The lockfile that counts: bun's own, else that of the package manager which package.json names, else the first."""
    present = [name for name in LOCKS if name in names]
    named = package_manager.partition("@")[0]
    wanted = [name for name in present if LOCKS[name] in ("bun", named)]
    return next(iter(wanted or present), None)


def manager_version(lock: Lock | None, package_manager: str) -> str:
    """The package manager and its version, `yarn@4.9.1`, as tools are told it."""
    if named := _NAMED.match(package_manager):
        return f"{named[1]}@{named[2]}"
    if lock is None or lock.manager == "bun":
        return ""
    version = _BERRY if lock.manager == "yarn" and lock.format else _VERSIONS[lock.manager]
    return f"{lock.manager}@{version}"


def _number(text: str) -> str:
    whole, dot, rest = text.partition(".")
    return whole + dot + rest.partition(".")[0] if rest.strip("0") else whole
