"""New commits that nobody pushes: of two that are merged, and of a file that a page has changed."""

import time
from pathlib import Path

import pygit2

from thakur.fakegithub.people.accounts import FakeAccount


def merged(path: Path, base: str, head: str, by: FakeAccount, message: str) -> str | None:
    """A commit of both; none where they contradict each other."""
    repository = pygit2.Repository(str(path))
    index = repository.merge_commits(base, head)
    if index.conflicts:
        return None
    return _commit(repository, index.write_tree(repository), [base, head], by, message)


def is_mergeable(path: Path, base: str, head: str) -> bool:
    """Whether they contradict each other nowhere."""
    return not pygit2.Repository(str(path)).merge_commits(base, head).conflicts


def edited(path: Path, parent: str | None, file: str, content: bytes | None, by: FakeAccount, message: str) -> str:
    """A commit after `parent` in which the file has this content, or is gone."""
    repository = pygit2.Repository(str(path))
    index = pygit2.Index()
    if parent is not None:
        index.read_tree(repository[parent].peel(pygit2.Tree))
    if content is None:
        index.remove(file)
    else:
        kept = next((each.mode for each in index if each.path == file), pygit2.enums.FileMode.BLOB)
        index.add(pygit2.IndexEntry(file, repository.create_blob(content), kept))
    return _commit(repository, index.write_tree(repository), [parent] if parent else [], by, message)


def _commit(repository: pygit2.Repository, tree: pygit2.Oid, parents: list[str], by: FakeAccount, message: str) -> str:
    email = by.email or f"{by.login}@example.com"
    person = pygit2.Signature(by.name or by.login, email, int(time.time()), 0)
    return str(repository.create_commit(None, person, person, message, tree, parents))
