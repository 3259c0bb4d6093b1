"""Repositories that begin with what a folder holds, so that a demonstration has something to show."""

from pathlib import Path

import pygit2

from thakur.fakegithub.merging import imported
from thakur.fakegithub.people.accounts import FakeAccount
from thakur.fakegithub.pushes import Pushes
from thakur.fakegithub.repositories import Repositories
from thakur.fakegithub.state import FakeRepository

# What is made, and not written, is in nobody's repository.
LEFT_OUT = {".git", "node_modules", "dist", "build", "__pycache__", ".DS_Store"}
MESSAGE = "Begin"


class Seeding:
    """One commit each, by the owner."""

    def __init__(self, repositories: Repositories, pushes: Pushes) -> None:
        self._repositories = repositories
        self._pushes = pushes

    def add(self, full_name: str, folder: Path, *, is_private: bool = True) -> FakeRepository:
        """A new repository with the folder's files."""
        made = self._repositories.add(full_name, is_private=is_private)
        self._pushes.move(made, made.default_branch, _committed(made, folder, made.account), made.account)
        return made


def _committed(repository: FakeRepository, folder: Path, by: FakeAccount) -> str:
    files = {}
    for each in sorted(folder.rglob("*")):
        inside = each.relative_to(folder)
        if each.is_file() and not LEFT_OUT & set(inside.parts):
            mode = pygit2.enums.FileMode.BLOB_EXECUTABLE if each.stat().st_mode & 0o100 else pygit2.enums.FileMode.BLOB
            files[inside.as_posix()] = (each.read_bytes(), mode)
    return imported(repository.path, files, by, MESSAGE)
