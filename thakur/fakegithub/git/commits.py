"""What git says of a repository of the stand-in."""

import re
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import NamedTuple

import pygit2

GIT_ENV = {"GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": "/dev/null", "HOME": "/nonexistent"}
ZERO = "0" * 40
# GitHub tells of no more.
COMMITS = 2048
_SHA = re.compile(r"[0-9a-f]{7,40}")


class Person(NamedTuple):
    """Who a commit says has written or made it."""

    name: str
    email: str
    at: datetime


class Commit(NamedTuple):
    """A commit in its own words."""

    sha: str
    tree: str
    parents: tuple[str, ...]
    author: Person
    committer: Person
    message: str


def make(path: Path, default_branch: str) -> None:
    """An empty repository that takes pushes over HTTP and gives any commit by its id."""
    path.parent.mkdir(parents=True, exist_ok=True)
    made = pygit2.init_repository(path, bare=True, initial_head=default_branch)
    made.config["http.receivepack"] = True
    made.config["uploadpack.allowAnySHA1InWant"] = True
    made.config["receive.hideRefs"] = "refs/pull"


def refs(path: Path) -> dict[str, str]:
    """Every ref's object by its full name."""
    repository = pygit2.Repository(str(path))
    return {name: str(repository.references[name].target) for name in repository.references}


def branches(path: Path) -> dict[str, str]:
    """Every branch's commit."""
    return _below(path, "refs/heads/")


def tags(path: Path) -> dict[str, str]:
    """Every tag's object, which is a tag's own where it is annotated."""
    return _below(path, "refs/tags/")


def resolved(path: Path, ref: str) -> str | None:
    """The commit that a branch, a tag or the beginning of a commit's id names, as GitHub takes them."""
    repository = pygit2.Repository(str(path))
    for name in (f"refs/heads/{ref}", f"refs/tags/{ref}", f"refs/{ref}", ref):
        if name in repository.references:
            return str(repository.references[name].peel(pygit2.Commit).id)
    try:
        found = repository[ref] if _SHA.fullmatch(ref) else None
        return str(found.peel(pygit2.Commit).id) if found is not None else None
    except (KeyError, ValueError, pygit2.GitError):
        return None


def commit_of(path: Path, sha: str) -> Commit:
    """The commit that the object is or leads to."""
    commit = pygit2.Repository(str(path))[sha].peel(pygit2.Commit)
    parents = tuple(map(str, commit.parent_ids))
    author, committer = _person(commit.author), _person(commit.committer)
    return Commit(str(commit.id), str(commit.tree_id), parents, author, committer, commit.message.strip())


def between(path: Path, before: str, after: str, most: int = COMMITS) -> list[str]:
    """The commits that a push has brought, oldest first."""
    repository = pygit2.Repository(str(path))
    walk = repository.walk(repository[after].peel(pygit2.Commit).id)
    if before != ZERO:
        walk.hide(repository[before].peel(pygit2.Commit).id)
    return [str(each.id) for _, each in zip(range(most), walk, strict=False)][::-1]


def merge_base(path: Path, one: str, other: str) -> str | None:
    """The newest commit that both come from."""
    found = pygit2.Repository(str(path)).merge_base(one, other)
    return str(found) if found is not None else None


def is_forced(path: Path, before: str, after: str) -> bool:
    """Whether history was left behind."""
    if before == ZERO:
        return False
    repository = pygit2.Repository(str(path))
    old, new = (repository[each].peel(pygit2.Commit).id for each in (before, after))
    return bool(repository.merge_base(old, new) != old)


def is_within(path: Path, sha: str, tip: str) -> bool:
    """Whether the commit is the tip or comes before it."""
    return sha == tip or pygit2.Repository(str(path)).descendant_of(tip, sha)


def fetch(path: Path, source: Path, ref: str, into: str) -> None:
    """Have a ref of another repository, with all that it leads to."""
    pygit2.Repository(str(path)).remotes.create_anonymous(str(source)).fetch([f"+{ref}:{into}"])


def move(path: Path, ref: str, sha: str | None) -> None:
    """Let the ref be this commit, or be gone."""
    references = pygit2.Repository(str(path)).references
    if sha is None:
        references.delete(ref)
    else:
        references.create(ref, sha, force=True)


def _below(path: Path, place: str) -> dict[str, str]:
    return {name.removeprefix(place): sha for name, sha in refs(path).items() if name.startswith(place)}


def _person(signature: pygit2.Signature) -> Person:
    at = datetime.fromtimestamp(signature.time, UTC).astimezone(timezone(timedelta(minutes=signature.offset)))
    return Person(signature.name, signature.email, at)
