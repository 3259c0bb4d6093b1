"""The key of an installation: the same for sources that ask for the same packages under the same circumstances."""

import hashlib
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from thakur.builds.plan import Plan
from thakur.builds.sources.unpack import CACHE_NAME

# Names are strings here: a source has up to 200,000 of them, and Path costs more than the system call.
# ruff: noqa: PTH118

LOCKS = frozenset({"bun.lock", "bun.lockb", "package-lock.json", "npm-shrinkwrap.json", "yarn.lock", "pnpm-lock.yaml"})
_MANIFEST = "package.json"
_SETTINGS = frozenset(
    {".npmrc", "bunfig.toml", ".yarnrc", ".yarnrc.yml", "pnpm-workspace.yaml", ".pnpmfile.cjs", ".env"}
)
_FIELDS = frozenset(
    {
        "dependencies",
        "devDependencies",
        "optionalDependencies",
        "peerDependencies",
        "overrides",
        "resolutions",
        "catalog",
        "catalogs",
        "workspaces",
        "pnpm",
    }
)
_LOCAL = ("file:", "link:", "portal:", "./", "../", "/", "~/")


def dependencies_key(source: Path, plan: Plan, circumstances: str) -> str | None:
    """Read it from a source that was unpacked and of which nothing has run; `circumstances` stand for all besides.

    None when `node_modules` must not be kept: there is no lockfile, the source brings some of it, or a package is a folder
    of the source, whose content no lockfile tells.
    """
    if plan.install is None or plan.adds or not any((source / plan.install_in / lock).is_file() for lock in LOCKS):
        return None
    runtimes = (plan.build_runtime, plan.runtime)
    digest = hashlib.sha256(
        repr((circumstances, plan.install, plan.install_in, plan.trusts_scripts, runtimes)).encode()
    )
    for path in sorted(_telling(source)):
        if path.endswith("node_modules"):
            return None
        content = Path(source, path).read_bytes()
        if path.rpartition("/")[2] == _MANIFEST:
            manifest = _manifest(content)
            if manifest is None or _is_local(manifest):
                return None
            content = json.dumps(manifest).encode()
        digest.update(repr((path, len(content))).encode() + content)
    return digest.hexdigest()


def _telling(source: Path) -> Iterator[str]:
    todo = [""]
    while todo:
        below = todo.pop()
        with os.scandir(source / below) as entries:
            for entry in entries:
                path = os.path.join(below, entry.name)
                if entry.is_symlink() or path in (CACHE_NAME, ".git"):
                    continue
                if entry.name == "node_modules":
                    yield path
                elif entry.is_dir():
                    todo.append(path)
                elif entry.name == _MANIFEST or entry.name in LOCKS | _SETTINGS or entry.name.endswith(".patch"):
                    yield path


def _manifest(content: bytes) -> dict[str, Any] | None:
    # Scripts run again at each installation, and what they are makes no other packages.
    try:
        manifest = json.loads(content.removeprefix(b"\xef\xbb\xbf"))
    except (ValueError, RecursionError):
        return None
    if not isinstance(manifest, dict):
        return None
    return {name: value for name, value in manifest.items() if name != "scripts"}


def _is_local(manifest: dict[str, Any]) -> bool:
    # A workspace's own patterns may begin with a dot, and what they name is linked and not copied.
    fields = [value for name, value in manifest.items() if name in _FIELDS and name != "workspaces"]
    while fields:
        value = fields.pop()
        if isinstance(value, dict):
            fields += value.values()
        elif isinstance(value, str) and value.startswith(_LOCAL):
            return True
    return False
