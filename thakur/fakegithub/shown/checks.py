"""Checks and statuses of commits as GitHub's JSON shows them."""

from datetime import datetime
from typing import Any

from thakur.fakegithub.git.commits import commit_of
from thakur.fakegithub.people.shown import MADE_AT, account_shown
from thakur.fakegithub.shown.apps import app_shown
from thakur.fakegithub.shown.repositories import repository_brief, repository_url
from thakur.fakegithub.state import FakeCheckRun, FakeCheckSuite, FakeRepository

_OUTPUT = {"title": None, "summary": None, "text": None}


def run_shown(repository: FakeRepository, run: FakeCheckRun, web_url: str) -> dict[str, Any]:
    """As the API has it."""
    url = f"{repository_url(repository, web_url)}/check-runs/{run.id}"
    html_url = f"{web_url}/{repository.full_name}/runs/{run.id}"
    return {
        "id": run.id,
        "node_id": f"CR_{run.id}",
        "head_sha": run.suite.head_sha,
        "name": run.name,
        "url": url,
        "html_url": html_url,
        "details_url": run.details_url or html_url,
        "external_id": run.external_id,
        "status": run.status,
        "conclusion": run.conclusion,
        "started_at": _time(run.started_at),
        "completed_at": _time(run.completed_at),
        "check_suite": {"id": run.suite.id},
        "output": _OUTPUT | run.output | {"annotations_count": 0, "annotations_url": f"{url}/annotations"},
        "app": app_shown(run.suite.app, web_url),
        "pull_requests": [],
    }


def suite_shown(repository: FakeRepository, suite: FakeCheckSuite, web_url: str) -> dict[str, Any]:
    """As the API has it."""
    url = f"{repository_url(repository, web_url)}/check-suites/{suite.id}"
    commit = commit_of(repository.path, suite.head_sha)
    return {
        "id": suite.id,
        "node_id": f"CS_{suite.id}",
        "head_branch": suite.head_branch,
        "head_sha": suite.head_sha,
        "status": suite.status,
        "conclusion": suite.conclusion,
        "url": url,
        "before": suite.before,
        "after": suite.head_sha,
        "pull_requests": [],
        "app": app_shown(suite.app, web_url),
        "created_at": MADE_AT,
        "updated_at": MADE_AT,
        "rerequestable": True,
        "runs_rerequestable": True,
        "latest_check_runs_count": len(suite.latest()),
        "check_runs_url": f"{url}/check-runs",
        "head_commit": {
            "id": commit.sha,
            "tree_id": commit.tree,
            "message": commit.message,
            "timestamp": commit.author.at.isoformat(),
            "author": {"name": commit.author.name, "email": commit.author.email},
            "committer": {"name": commit.committer.name, "email": commit.committer.email},
        },
        "repository": repository_brief(repository, web_url),
    }


def status_shown(repository: FakeRepository, status: dict[str, Any], web_url: str) -> dict[str, Any]:
    """As the API has it, where it does not combine them."""
    creator = status.get("creator") or account_shown(repository.account, web_url)
    return brief_status(repository, status, web_url) | {"creator": creator}


def brief_status(repository: FakeRepository, status: dict[str, Any], web_url: str) -> dict[str, Any]:
    """One of those that make a combined one."""
    names = ("id", "state", "description", "target_url", "context", "created_at")
    return {name: status[name] for name in names} | {
        "node_id": f"SC_{status['id']}",
        "url": f"{repository_url(repository, web_url)}/statuses/{status['sha']}",
        "avatar_url": f"{web_url}/avatars/u/{repository.account.id}",
        "updated_at": status["created_at"],
    }


def combined_state(states: list[str]) -> str:
    """What several make together: nothing said is pending."""
    if any(each in ("error", "failure") for each in states):
        return "failure"
    return "success" if states and all(each == "success" for each in states) else "pending"


def _time(at: datetime | None) -> str | None:
    return f"{at:%Y-%m-%dT%H:%M:%SZ}" if at is not None else None
