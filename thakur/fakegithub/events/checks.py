"""What checks say of a commit."""

from typing import Any

from thakur.fakegithub.git.commits import branches
from thakur.fakegithub.people.shown import account_shown
from thakur.fakegithub.shown.checks import run_shown, suite_shown
from thakur.fakegithub.shown.commits import commit_shown
from thakur.fakegithub.shown.repositories import repository_shown, repository_url
from thakur.fakegithub.state import FakeCheckRun, FakeCheckSuite, FakeRepository


def check_run_event(repository: FakeRepository, run: FakeCheckRun, action: str, web_url: str) -> dict[str, Any]:
    """A check was created, or is completed."""
    suite = suite_shown(repository, run.suite, web_url)
    shown = run_shown(repository, run, web_url) | {"check_suite": suite}
    return _told(repository, web_url, {"action": action, "check_run": shown})


def check_suite_event(repository: FakeRepository, suite: FakeCheckSuite, action: str, web_url: str) -> dict[str, Any]:
    """All checks of an App are asked for, or completed."""
    return _told(repository, web_url, {"action": action, "check_suite": suite_shown(repository, suite, web_url)})


def status_event(repository: FakeRepository, status: dict[str, Any], web_url: str) -> dict[str, Any]:
    """Somebody has said how a commit stands."""
    sha, url = status["sha"], repository_url(repository, web_url)
    names = ("id", "sha", "target_url", "context", "description", "state", "created_at")
    body = {name: status[name] for name in names} | {
        "name": repository.full_name,
        "avatar_url": f"{web_url}/avatars/u/{repository.account.id}",
        "updated_at": status["created_at"],
        "commit": commit_shown(repository, sha, web_url),
        "branches": [
            {"name": name, "commit": {"sha": sha, "url": f"{url}/commits/{sha}"}, "protected": False}
            for name, head in branches(repository.path).items()
            if head == sha
        ],
    }
    return _told(repository, web_url, body)


def _told(repository: FakeRepository, web_url: str, body: dict[str, Any]) -> dict[str, Any]:
    shown = repository_shown(repository, web_url)
    return body | {"repository": shown, "sender": account_shown(repository.account, web_url)}
