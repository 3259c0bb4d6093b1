"""Packages as they lie in a finished workspace: what one says that it needs, and where a name leads from a place."""

import json
import os
import stat
from pathlib import Path
from typing import Any

import msgspec

MODULES = "node_modules"
_MANIFEST = "package.json"
_LARGEST_BYTES = 1024 * 1024


class Package(msgspec.Struct, frozen=True, kw_only=True):
    """What its package.json says. `needs` are the names that it may ask for when it runs."""

    place: Path
    needs: tuple[str, ...] = ()
    development: tuple[str, ...] = ()
    scripts: dict[str, str] = {}
    commands: tuple[str, ...] = ()
    has_workspaces: bool = False


def resolve(root: Path, place: Path, name: str) -> Package | None:
    """The package that `name` means to the code at `place`, found upwards as runtimes do; None if it is not below `root`."""
    if ".." in name.split("/") or name.startswith("/"):
        return None
    below = place
    while True:
        found = below / MODULES / name
        # Most places of a name are empty; and a link could lead anywhere.
        if found.is_dir() and (found := found.resolve()).is_relative_to(root):
            package = package_at(found)
            if package is not None:
                return package
        if below == root:
            return None
        below = below.parent


def package_at(place: Path) -> Package | None:
    """None if there is no package.json that can be read, whatever lies there."""
    try:
        descriptor = os.open(place / _MANIFEST, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError:
        return None
    with os.fdopen(descriptor, "rb") as file:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            return None
        try:
            manifest = json.loads(file.read(_LARGEST_BYTES))
        except (ValueError, RecursionError):
            return None
    return _package(place, manifest) if isinstance(manifest, dict) else None


def _package(place: Path, manifest: dict[str, Any]) -> Package:
    fields = ("dependencies", "optionalDependencies", "peerDependencies")
    needs = [name for field in fields for name in _table(manifest, field)]
    optional = {name for name, meta in _table(manifest, "peerDependenciesMeta").items() if meta == {"optional": True}}
    scripts = {name: text for name, text in _table(manifest, "scripts").items() if isinstance(text, str)}
    return Package(
        place=place,
        needs=tuple(name for name in needs if not (name in optional and _is_of_types(name))),
        development=tuple(_table(manifest, "devDependencies")),
        scripts=scripts,
        commands=_commands(manifest),
        has_workspaces="workspaces" in manifest,
    )


def _is_of_types(name: str) -> bool:
    # Packages that come with types allow for these, and read nothing of them when they run.
    return name == "typescript" or name.startswith("@types/")


def _commands(manifest: dict[str, Any]) -> tuple[str, ...]:
    if isinstance(manifest.get("bin"), str):
        return (str(manifest.get("name", "")).rpartition("/")[2],)
    return tuple(_table(manifest, "bin"))


def _table(manifest: dict[str, Any], field: str) -> dict[str, Any]:
    found = manifest.get(field)
    return found if isinstance(found, dict) else {}
