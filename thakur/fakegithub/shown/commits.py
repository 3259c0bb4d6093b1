"""Commits and what they change, as GitHub's JSON shows them."""

from datetime import UTC
from typing import Any
from urllib.parse import quote

from thakur.fakegithub.git.commits import Commit, Person, commit_of
from thakur.fakegithub.git.differences import Change, changes
from thakur.fakegithub.people.shown import account_shown
from thakur.fakegithub.shown.repositories import repository_url
from thakur.fakegithub.state import FakeRepository

# Of more files no commit and no comparison tells.
FILES = 300
UNSIGNED = {"verified": False, "reason": "unsigned", "signature": None, "payload": None, "verified_at": None}


def commit_shown(repository: FakeRepository, sha: str, web_url: str) -> dict[str, Any]:
    """As lists have it."""
    commit = commit_of(repository.path, sha)
    url, home = repository_url(repository, web_url), f"{web_url}/{repository.full_name}"
    user = account_shown(repository.account, web_url)
    return {
        "sha": commit.sha,
        "node_id": f"C_{commit.sha}",
        "commit": {
            "author": _person_shown(commit.author),
            "committer": _person_shown(commit.committer),
            "message": commit.message,
            "tree": {"sha": commit.tree, "url": f"{url}/git/trees/{commit.tree}"},
            "url": f"{url}/git/commits/{commit.sha}",
            "comment_count": 0,
            "verification": UNSIGNED,
        },
        "url": f"{url}/commits/{commit.sha}",
        "html_url": f"{home}/commit/{commit.sha}",
        "comments_url": f"{url}/commits/{commit.sha}/comments",
        "author": user,
        "committer": user,
        "parents": [
            {"sha": each, "url": f"{url}/commits/{each}", "html_url": f"{home}/commit/{each}"}
            for each in commit.parents
        ],
    }


def commit_with_files(repository: FakeRepository, sha: str, web_url: str) -> dict[str, Any]:
    """With what it has changed."""
    changed = changes_of(repository, commit_of(repository.path, sha))
    additions, deletions = (sum(counts) for counts in (_additions(changed), _deletions(changed)))
    return commit_shown(repository, sha, web_url) | {
        "stats": {"additions": additions, "deletions": deletions, "total": additions + deletions},
        "files": [change_shown(repository, each, sha, web_url) for each in changed[:FILES]],
    }


def changes_of(repository: FakeRepository, commit: Commit) -> list[Change]:
    """Against its first parent."""
    return changes(repository.path, commit.parents[0] if commit.parents else None, commit.sha)


def change_shown(repository: FakeRepository, change: Change, sha: str, web_url: str) -> dict[str, Any]:
    """A file of a commit, a comparison or a pull request."""
    path = quote(change.path)
    home = f"{web_url}/{repository.full_name}"
    shown: dict[str, Any] = {
        "sha": change.blob,
        "filename": change.path,
        "status": change.status,
        "additions": change.additions,
        "deletions": change.deletions,
        "changes": change.additions + change.deletions,
        "blob_url": f"{home}/blob/{sha}/{path}",
        "raw_url": f"{home}/raw/{sha}/{path}",
        "contents_url": f"{repository_url(repository, web_url)}/contents/{path}?ref={sha}",
    }
    if change.patch:
        shown["patch"] = change.patch
    if change.before:
        shown["previous_filename"] = change.before
    return shown


def _person_shown(person: Person) -> dict[str, Any]:
    return {"name": person.name, "email": person.email, "date": f"{person.at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"}


def _additions(changed: list[Change]) -> list[int]:
    return [each.additions for each in changed]


def _deletions(changed: list[Change]) -> list[int]:
    return [each.deletions for each in changed]
