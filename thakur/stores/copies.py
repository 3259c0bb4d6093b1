"""Copies of programs that were installed for root alone, as pip does under a strict umask."""

import shutil
from pathlib import Path

from thakur.stores.programs import Program


def readable(program: Program, copies: Path) -> Program:
    """Return the program itself when every user may run it, else a copy below `copies`.

    Only under the boot lock and while its server is down: an outdated copy is removed.
    """
    if _is_open(program):
        return program
    package = program.below.parts[0]
    stamp = program.path.stat()
    copy = copies / f"{package}-{stamp.st_mtime_ns}"
    if not copy.exists():
        _remove(copies, package)
        _copy(program.root, package, copy)
    return Program(copy, program.below)


def _is_open(program: Program) -> bool:
    steps = [program.path, *program.path.parents]
    return all(step.stat().st_mode & 0o005 == 0o005 for step in steps[: len(program.below.parts) + 1])


def _remove(copies: Path, package: str) -> None:
    copies.mkdir(mode=0o700, exist_ok=True)
    for outdated in copies.glob(f"{package}-*"):
        shutil.rmtree(outdated)


def _copy(root: Path, package: str, copy: Path) -> None:
    half_made = copy.with_name(f"{copy.name}.new")
    for name in (package, f"{package}.libs"):
        if (root / name).exists():
            shutil.copytree(root / name, half_made / name, symlinks=True)
    for path in [half_made, *half_made.rglob("*")]:
        if not path.is_symlink():
            path.chmod(0o755)
    half_made.rename(copy)
