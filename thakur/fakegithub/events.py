"""Payloads of the events that the stand-in emits."""

from typing import Any

from thakur.fakegithub.commits import ZERO, Commit, between, commit_of, is_forced
from thakur.fakegithub.people.shown import account_shown
from thakur.fakegithub.shown import installation_shown, repository_shown
from thakur.fakegithub.state import FakeInstallation, FakeRepository


def _commit_shown(commit: Commit, repository: FakeRepository, web_url: str) -> dict[str, Any]:
    person = {"name": commit.author, "email": commit.email}
    return {
        "id": commit.sha,
        "message": commit.message,
        "timestamp": commit.at,
        "url": f"{web_url}/{repository.full_name}/commit/{commit.sha}",
        "author": person,
        "committer": person,
        "distinct": True,
        "added": [],
        "removed": [],
        "modified": [],
    }


def push_event(repository: FakeRepository, ref: str, before: str, after: str, web_url: str) -> dict[str, Any]:
    """A ref has moved, from all zeros when it is new, to all zeros when it is gone."""
    path = repository.path
    is_gone = after == ZERO
    shas = [] if is_gone else between(path, before, after)
    commits = [_commit_shown(commit_of(path, sha), repository, web_url) for sha in shas]
    return {
        "ref": ref,
        "before": before,
        "after": after,
        "created": before == ZERO,
        "deleted": is_gone,
        "forced": not is_gone and is_forced(path, before, after),
        "base_ref": None,
        "compare": f"{web_url}/{repository.full_name}/compare/{before[:12]}...{after[:12]}",
        "commits": commits,
        "head_commit": None if is_gone else _commit_shown(commit_of(path, after), repository, web_url),
        "repository": repository_shown(repository, web_url),
        "pusher": {"name": repository.owner, "email": "ada@example.com"},
        "sender": account_shown(repository.account, web_url),
    }


def ref_event(repository: FakeRepository, ref: str, web_url: str, *, is_new: bool) -> tuple[str, dict[str, Any]]:
    """A branch or tag was made, or is gone."""
    _, kind, name = ref.split("/", 2)
    body = {
        "ref": name,
        "ref_type": "branch" if kind == "heads" else "tag",
        "pusher_type": "user",
        "repository": repository_shown(repository, web_url),
        "sender": account_shown(repository.account, web_url),
    }
    if not is_new:
        return "delete", body
    return "create", body | {"master_branch": repository.default_branch, "description": None}


def installation_event(installation: FakeInstallation, action: str, web_url: str) -> dict[str, Any]:
    """An App was installed, suspended, let go."""
    return {
        "action": action,
        "installation": installation_shown(installation, web_url),
        "sender": account_shown(installation.account, web_url),
    }


def renamed_event(repository: FakeRepository, before: str, web_url: str) -> dict[str, Any]:
    """A repository has another name."""
    return {
        "action": "renamed",
        "changes": {"repository": {"name": {"from": before.partition("/")[2]}}},
        "repository": repository_shown(repository, web_url),
        "sender": account_shown(repository.account, web_url),
    }
