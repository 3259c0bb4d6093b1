"""What git says of a repository of the stand-in."""

from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import NamedTuple

import pygit2

GIT_ENV = {"GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": "/dev/null", "HOME": "/nonexistent"}
ZERO = "0" * 40
# GitHub tells of no more.
COMMITS = 2048


class Commit(NamedTuple):
    """A commit in its own words."""

    sha: str
    author: str
    email: str
    at: str
    message: str


def make(path: Path, default_branch: str) -> None:
    """An empty repository that takes pushes over HTTP and gives any commit by its id."""
    path.parent.mkdir(parents=True, exist_ok=True)
    made = pygit2.init_repository(path, bare=True, initial_head=default_branch)
    made.config["http.receivepack"] = True
    made.config["uploadpack.allowAnySHA1InWant"] = True


def refs(path: Path) -> dict[str, str]:
    """Every ref's object by its full name."""
    repository = pygit2.Repository(str(path))
    return {name: str(repository.references[name].target) for name in repository.references}


def branches(path: Path) -> dict[str, str]:
    """Every branch's commit."""
    found = refs(path).items()
    return {name.removeprefix("refs/heads/"): sha for name, sha in found if name.startswith("refs/heads/")}


def commit_of(path: Path, sha: str) -> Commit:
    """The commit that the object is or leads to."""
    commit = pygit2.Repository(str(path))[sha].peel(pygit2.Commit)
    author = commit.author
    at = datetime.fromtimestamp(author.time, UTC).astimezone(timezone(timedelta(minutes=author.offset)))
    return Commit(str(commit.id), author.name, author.email, at.isoformat(), commit.message.strip())


def between(path: Path, before: str, after: str) -> list[str]:
    """The commits that a push has brought, oldest first."""
    repository = pygit2.Repository(str(path))
    walk = repository.walk(repository[after].peel(pygit2.Commit).id)
    if before != ZERO:
        walk.hide(repository[before].peel(pygit2.Commit).id)
    return [str(each.id) for _, each in zip(range(COMMITS), walk, strict=False)][::-1]


def is_forced(path: Path, before: str, after: str) -> bool:
    """Whether history was left behind."""
    if before == ZERO:
        return False
    repository = pygit2.Repository(str(path))
    old, new = (repository[each].peel(pygit2.Commit).id for each in (before, after))
    return bool(repository.merge_base(old, new) != old)
