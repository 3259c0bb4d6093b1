"""A ref has moved, was made, or is gone."""

from typing import Any

from thakur.fakegithub.git.commits import ZERO, Commit, Person, between, commit_of, is_forced
from thakur.fakegithub.people.accounts import FakeAccount
from thakur.fakegithub.people.shown import account_shown
from thakur.fakegithub.shown.commits import changes_of
from thakur.fakegithub.shown.repositories import repository_shown
from thakur.fakegithub.state import FakeRepository


def push_event(
    repository: FakeRepository, ref: str, before: str, after: str, by: FakeAccount, web_url: str
) -> dict[str, Any]:
    """A ref has moved, from all zeros when it is new, to all zeros when it is gone."""
    path = repository.path
    is_gone = after == ZERO
    # A tag brings no commits, whatever it points to.
    shas = [] if is_gone or ref.startswith("refs/tags/") else between(path, before, after)
    home = f"{web_url}/{repository.full_name}"
    return {
        "ref": ref,
        "before": before,
        "after": after,
        "created": before == ZERO,
        "deleted": is_gone,
        "forced": not is_gone and is_forced(path, before, after),
        "base_ref": None,
        "compare": f"{home}/compare/{before[:12]}...{after[:12]}",
        "commits": [_commit_told(commit_of(path, sha), repository, home) for sha in shas],
        "head_commit": None if is_gone else _commit_told(commit_of(path, after), repository, home),
        # Of this event alone, times of a repository are seconds.
        "repository": repository_shown(repository, web_url)
        | {"stargazers": 0, "master_branch": repository.default_branch},
        "pusher": {"name": by.login, "email": by.email or f"{by.login}@example.com"},
        "sender": account_shown(by, web_url),
    }


def ref_event(
    repository: FakeRepository, ref: str, by: FakeAccount, web_url: str, *, is_new: bool
) -> tuple[str, dict[str, Any]]:
    """A branch or tag was made, or is gone."""
    _, kind, name = ref.split("/", 2)
    body = {
        "ref": name,
        "ref_type": "branch" if kind == "heads" else "tag",
        "pusher_type": "user",
        "repository": repository_shown(repository, web_url),
        "sender": account_shown(by, web_url),
    }
    if not is_new:
        return "delete", body
    return "create", body | {"master_branch": repository.default_branch, "description": None}


def _commit_told(commit: Commit, repository: FakeRepository, home: str) -> dict[str, Any]:
    changed = changes_of(repository, commit)
    return {
        "id": commit.sha,
        "tree_id": commit.tree,
        "message": commit.message,
        "timestamp": commit.author.at.isoformat(),
        "url": f"{home}/commit/{commit.sha}",
        "author": _person_told(commit.author),
        "committer": _person_told(commit.committer),
        "distinct": True,
        "added": [each.path for each in changed if each.status in ("added", "renamed")],
        "removed": [each.before or each.path for each in changed if each.status in ("removed", "renamed")],
        "modified": [each.path for each in changed if each.status == "modified"],
    }


def _person_told(person: Person) -> dict[str, Any]:
    return {"name": person.name, "email": person.email}
