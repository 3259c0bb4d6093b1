"""Scripts of packages that run when they are installed: which of them may look at the project's own files."""

import json
import os
from pathlib import Path

# Names are strings here: a tree has up to 200,000 of them, and Path costs more than the system call.
# ruff: noqa: PTH112, PTH114

_MODULES = "node_modules"
_ISOLATED = ".bun"
_SCRIPTS = ("preinstall", "install", "postinstall")
# What these do depends on themselves and the platform. Others, as Prisma's, may depend on files that change from build to
# build, and they do not run again where they are installed already.
SELF_CONTAINED = frozenset(
    {
        "@parcel/watcher", "@swc/core", "@tailwindcss/oxide", "argon2", "bcrypt", "better-sqlite3", "bufferutil", "canvas",
        "core-js", "core-js-pure", "es5-ext", "esbuild", "fsevents", "lmdb", "msgpackr-extract", "oxc-resolver",
        "protobufjs", "sharp", "sqlite3", "unrs-resolver", "utf-8-validate", "workerd",
    }
)  # fmt: skip


def has_unknown_scripts(modules: Path) -> bool:
    """Whether a package in this `node_modules`, flat or isolated, has such scripts and is none of the known ones."""
    todo = [str(modules)]
    while todo:
        directory = todo.pop()
        is_isolated = os.path.basename(directory) == _ISOLATED  # noqa: PTH119
        for name in _directories(directory):
            path = f"{directory}/{name}"
            if is_isolated and name != _MODULES:
                todo += _below(path)
            elif name in (_ISOLATED, _MODULES) or name.startswith("@"):
                todo.append(path)
            elif not name.startswith("."):
                if _is_unknown(path):
                    return True
                todo += _below(path)
    return False


def _directories(path: str) -> list[str]:
    with os.scandir(path) as entries:
        return [entry.name for entry in entries if entry.is_dir(follow_symlinks=False)]


def _below(package: str) -> list[str]:
    nested = f"{package}/{_MODULES}"
    return [nested] if os.path.isdir(nested) and not os.path.islink(nested) else []


def _is_unknown(package: str) -> bool:
    try:
        content = Path(package, "package.json").read_bytes()
        if b'install"' not in content:
            return False
        manifest = json.loads(content)
        has_scripts = any(name in manifest.get("scripts", {}) for name in _SCRIPTS)
        return has_scripts and manifest.get("name") not in SELF_CONTAINED
    except FileNotFoundError:
        return False
    except (OSError, ValueError, AttributeError, TypeError):
        return True
