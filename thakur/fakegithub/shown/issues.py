"""A pull request as the issue that it is too."""

from typing import Any

from thakur.fakegithub.shown.pulls import REACTIONS, pull_brief
from thakur.fakegithub.shown.repositories import repository_url
from thakur.fakegithub.state import FakePull

_SAME = (
    "node_id",
    "id",
    "number",
    "state",
    "title",
    "body",
    "user",
    "created_at",
    "updated_at",
    "closed_at",
    "html_url",
    "comments_url",
    "author_association",
    "locked",
    "labels",
    "milestone",
    "active_lock_reason",
    "assignee",
    "assignees",
    "draft",
)


def issue_shown(pull: FakePull, web_url: str) -> dict[str, Any]:
    """As events of comments have it."""
    brief = pull_brief(pull, web_url)
    api = repository_url(pull.repository, web_url)
    url = f"{api}/issues/{pull.number}"
    names = ("url", "html_url", "diff_url", "patch_url", "merged_at")
    return {name: brief[name] for name in _SAME} | {
        "url": url,
        "repository_url": api,
        "labels_url": f"{url}/labels{{/name}}",
        "events_url": f"{url}/events",
        "timeline_url": f"{url}/timeline",
        "comments": sum(each.number == pull.number for each in pull.repository.comments),
        "pull_request": {name: brief[name] for name in names},
        "performed_via_github_app": None,
        "state_reason": None,
        "reactions": {"url": f"{url}/reactions", "total_count": 0} | dict.fromkeys(REACTIONS, 0),
    }
