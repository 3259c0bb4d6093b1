"""Verdicts: what tells whether a build is made by the same tools as one that failed on bun and ran on node."""

import hashlib
import json
from pathlib import Path

from thakur.builds.caches.dependencies import LOCKS
from thakur.builds.plan import Plan

_TELLING = ("scripts", "dependencies", "devDependencies", "optionalDependencies", "overrides", "resolutions")


def tools_key(source: Path, plan: Plan) -> str:
    """The same for the same build command, scripts and packages. Read it from a source of which nothing has run."""
    digest = hashlib.sha256(repr((plan.framework, plan.build, plan.root, plan.install_in)).encode())
    for directory in dict.fromkeys((plan.root, plan.install_in)):
        content = _content(source / directory / "package.json")
        digest.update(repr((directory, _told(content))).encode())
    for name in sorted(LOCKS):
        digest.update(repr((name, _content(source / plan.install_in / name))).encode())
    return digest.hexdigest()


def _content(path: Path) -> bytes:
    # A link in the source leads to another file of it, and a directory of that name says nothing.
    return path.read_bytes() if path.is_file() else b""


def _told(content: bytes) -> object:
    try:
        manifest = json.loads(content)
    except (ValueError, RecursionError):
        return content
    return [manifest.get(name) for name in _TELLING] if isinstance(manifest, dict) else content
