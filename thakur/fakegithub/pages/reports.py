"""What Apps have said of commits, as pages show it."""

from collections.abc import Iterable
from typing import Any, NamedTuple

from thakur.fakegithub.acts.checks import Checks
from thakur.fakegithub.state import FakeRepository


class Report(NamedTuple):
    """One line: what it is of, how it stands, in words, and where more is."""

    name: str
    state: str
    words: str
    more_url: str
    live_url: str = ""


_WAITING = ("pending", "queued", "in_progress")


def is_waiting(*reports: Iterable[Report]) -> bool:
    """Whether somebody is still at it."""
    return any(each.state in _WAITING for some in reports for each in some)


class Reports:
    """Of one repository's commits."""

    def __init__(self, checks: Checks) -> None:
        self._checks = checks

    def statuses(self, repository: FakeRepository, sha: str) -> list[Report]:
        """The newest of each context, and every run of a check."""
        newest = {each["context"]: each for each in repository.statuses if each["sha"] == sha}
        said = [
            Report(name, each["state"], each.get("description") or "", _link(each.get("target_url")))
            for name, each in newest.items()
        ]
        runs = [run for suite in self._checks.suites(repository, sha) for run in suite.latest().values()]
        return said + [Report(run.name, run.conclusion or run.status, "", _link(run.details_url)) for run in runs]

    def deployments(self, repository: FakeRepository, shas: Iterable[str] | None = None) -> list[Report]:
        """The newest of each environment, of these commits or of all."""
        wanted = None if shas is None else set(shas)
        newest: dict[str, dict[str, Any]] = {}
        for each in repository.deployments:
            if wanted is None or each["sha"] in wanted:
                newest[each["environment"]] = each
        return [_deployment(each) for each in newest.values()]


def _deployment(deployment: dict[str, Any]) -> Report:
    last: dict[str, Any] = deployment["statuses"][-1] if deployment["statuses"] else {}
    state = last.get("state") or "pending"
    words = last.get("description") or deployment.get("description") or ""
    live_url = _link(last.get("environment_url")) if state == "success" else ""
    return Report(deployment["environment"], state, words, _link(last.get("log_url")), live_url)


def _link(url: str | None) -> str:
    """Only what a browser may follow from a page."""
    return url if url and url.startswith(("http://", "https://")) else ""
