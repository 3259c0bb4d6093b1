"""Pull requests and comments as GitHub's JSON shows them."""

from datetime import datetime
from typing import Any

from thakur.fakegithub.git.commits import between, merge_base
from thakur.fakegithub.git.differences import Change, changes
from thakur.fakegithub.git.merging import is_mergeable
from thakur.fakegithub.people.accounts import FakeAccount, FakeUser
from thakur.fakegithub.people.roles import role_in
from thakur.fakegithub.people.shown import account_shown, bot_shown
from thakur.fakegithub.shown.apps import app_shown
from thakur.fakegithub.shown.repositories import repository_shown, repository_url
from thakur.fakegithub.state import FakeApp, FakeComment, FakePull, FakeRepository

REACTIONS = ("+1", "-1", "laugh", "hooray", "confused", "heart", "rocket", "eyes")


def pull_brief(pull: FakePull, web_url: str) -> dict[str, Any]:
    """As lists have it."""
    return _places(pull, web_url) | {
        "id": pull.id,
        "node_id": f"PR_{pull.id}",
        "number": pull.number,
        "state": pull.state,
        "title": pull.title,
        "body": pull.body,
        "user": account_shown(pull.user, web_url),
        "created_at": _time(pull.made_at),
        "updated_at": _time(pull.updated_at),
        "closed_at": _time(pull.closed_at),
        "merged_at": _time(pull.merged_at),
        "merge_commit_sha": pull.merge_sha,
        "head": _side(pull.head, pull.head_ref, pull.head_sha, web_url),
        "base": _side(pull.repository, pull.base_ref, pull.base_sha, web_url),
        "author_association": association(pull.repository, pull.user),
        **_NEVER,
    }


def _places(pull: FakePull, web_url: str) -> dict[str, Any]:
    api, home = repository_url(pull.repository, web_url), f"{web_url}/{pull.repository.full_name}"
    url, html_url, issue = f"{api}/pulls/{pull.number}", f"{home}/pull/{pull.number}", f"{api}/issues/{pull.number}"
    links = {
        "self": url,
        "html": html_url,
        "issue": issue,
        "comments": f"{issue}/comments",
        "review_comments": f"{url}/comments",
        "review_comment": f"{api}/pulls/comments{{/number}}",
        "commits": f"{url}/commits",
        "statuses": f"{api}/statuses/{pull.head_sha}",
    }
    return {
        "url": url,
        "html_url": html_url,
        "diff_url": f"{html_url}.diff",
        "patch_url": f"{html_url}.patch",
        **{f"{name}_url": href for name, href in links.items() if name not in ("self", "html")},
        "_links": {name: {"href": href} for name, href in links.items()},
    }


# What the stand-in's people do not do.
_NEVER: dict[str, Any] = {
    "locked": False,
    "draft": False,
    "labels": [],
    "milestone": None,
    "active_lock_reason": None,
    "assignee": None,
    "assignees": [],
    "requested_reviewers": [],
    "requested_teams": [],
    "auto_merge": None,
}


def pull_shown(pull: FakePull, web_url: str) -> dict[str, Any]:
    """In full."""
    changed = changes_in(pull)
    mergeable = None if pull.state == "closed" else is_mergeable(pull.repository.path, pull.base_sha, pull.head_sha)
    return pull_brief(pull, web_url) | {
        "merged": pull.merged_at is not None,
        "mergeable": mergeable,
        "rebaseable": mergeable,
        "mergeable_state": {None: "unknown", True: "clean", False: "dirty"}[mergeable],
        "merged_by": account_shown(pull.merged_by, web_url) if pull.merged_by is not None else None,
        "comments": sum(each.number == pull.number for each in pull.repository.comments),
        "review_comments": 0,
        "maintainer_can_modify": False,
        "commits": len(commits_in(pull)),
        "additions": sum(each.additions for each in changed),
        "deletions": sum(each.deletions for each in changed),
        "changed_files": len(changed),
    }


def commits_in(pull: FakePull) -> list[str]:
    """What it brings, oldest first."""
    return between(pull.repository.path, pull.base_sha, pull.head_sha)


def changes_in(pull: FakePull) -> list[Change]:
    """Since its branch has left the base's."""
    path = pull.repository.path
    return changes(path, merge_base(path, pull.base_sha, pull.head_sha), pull.head_sha)


def comment_shown(repository: FakeRepository, comment: FakeComment, web_url: str) -> dict[str, Any]:
    """As the API has it."""
    api = repository_url(repository, web_url)
    url = f"{api}/issues/comments/{comment.id}"
    is_app = isinstance(comment.author, FakeApp)
    return {
        "id": comment.id,
        "node_id": f"IC_{comment.id}",
        "url": url,
        "html_url": f"{web_url}/{repository.full_name}/pull/{comment.number}#issuecomment-{comment.id}",
        "issue_url": f"{api}/issues/{comment.number}",
        "body": comment.body,
        "user": author_shown(comment.author, web_url),
        "created_at": _time(comment.made_at),
        "updated_at": _time(comment.updated_at),
        "author_association": "NONE" if is_app else association(repository, comment.author),
        "performed_via_github_app": app_shown(comment.app, web_url) if comment.app is not None else None,
        "reactions": {"url": f"{url}/reactions", "total_count": 0} | dict.fromkeys(REACTIONS, 0),
    }


def author_shown(author: FakeAccount | FakeApp, web_url: str) -> dict[str, Any]:
    if isinstance(author, FakeApp):
        return bot_shown(author.slug, author.id, web_url)
    return account_shown(author, web_url)


def association(repository: FakeRepository, account: FakeAccount | FakeApp) -> str:
    """What somebody is to the repository."""
    if account is repository.account:
        return "OWNER"
    if account.id in getattr(repository.account, "members", {}):
        return "MEMBER"
    is_let = isinstance(account, FakeUser) and role_in(repository, account)
    return "COLLABORATOR" if is_let else "NONE"


def _side(repository: FakeRepository | None, ref: str, sha: str, web_url: str) -> dict[str, Any]:
    if repository is None:
        return {"label": f"unknown:{ref}", "ref": ref, "sha": sha, "user": None, "repo": None}
    return {
        "label": f"{repository.owner}:{ref}",
        "ref": ref,
        "sha": sha,
        "user": account_shown(repository.account, web_url),
        "repo": repository_shown(repository, web_url),
    }


def _time(at: datetime | None) -> str | None:
    return f"{at:%Y-%m-%dT%H:%M:%SZ}" if at is not None else None
