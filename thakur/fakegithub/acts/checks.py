"""Checks of commits: a suite for each App that checks a commit, with its runs; and the events of what becomes of them."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from thakur.fakegithub.events.checks import check_run_event, check_suite_event, status_event
from thakur.fakegithub.git.commits import ZERO, branches
from thakur.fakegithub.hooks import Hooks
from thakur.fakegithub.people.accounts import FakeAccount
from thakur.fakegithub.state import FakeApp, FakeCheckRun, FakeCheckSuite, FakeRepository, State

# The first of these that a run has is the suite's.
WORST_FIRST = ("failure", "timed_out", "cancelled", "action_required", "stale", "success", "neutral", "skipped")


@dataclass
class _Kept:
    suites: list[FakeCheckSuite] = field(default_factory=list)
    runs: dict[int, FakeCheckRun] = field(default_factory=dict)


class Checks:
    """Every suite and run, by repository."""

    def __init__(self, state: State, hooks: Hooks, web_url: str) -> None:
        self._state = state
        self._hooks = hooks
        self._web_url = web_url
        self._kept: defaultdict[int, _Kept] = defaultdict(_Kept)

    def suites(self, repository: FakeRepository, sha: str) -> list[FakeCheckSuite]:
        """Those of the commit, newest first."""
        return [each for each in reversed(self._kept[repository.id].suites) if each.head_sha == sha]

    def suite(self, repository: FakeRepository, suite_id: int) -> FakeCheckSuite | None:
        return next((each for each in self._kept[repository.id].suites if each.id == suite_id), None)

    def run(self, repository: FakeRepository, run_id: int) -> FakeCheckRun | None:
        return self._kept[repository.id].runs.get(run_id)

    def pushed(self, repository: FakeRepository, branch: str, before: str, sha: str, _by: FakeAccount) -> None:
        """Each App that may write checks is asked to: its suite waits, also when nothing ever comes of it."""
        if sha == ZERO:
            return
        for each in self._state.installations.values():
            if repository.id in each.repository_ids and each.permissions.get("checks") == "write":
                suite = self._suite(repository, each.app, sha, branch, before)
                self._tell_suite(repository, suite, "requested")

    def begin(
        self, repository: FakeRepository, app: FakeApp, sha: str, name: str, told: dict[str, Any]
    ) -> FakeCheckRun:
        """A new run of the App's; `told` is what GitHub's API takes of it."""
        suite = self.suite_of(repository, app, sha)
        run = FakeCheckRun(self._state.new_id(), suite, name)
        suite.runs.append(run)
        self._kept[repository.id].runs[run.id] = run
        self._became(repository, run, told, "created")
        return run

    def tell(self, repository: FakeRepository, run: FakeCheckRun, told: dict[str, Any]) -> None:
        """It goes on, or is done."""
        self._became(repository, run, told, "completed")

    def suite_of(self, repository: FakeRepository, app: FakeApp, sha: str) -> FakeCheckSuite:
        """The one that the App has for the commit."""
        found = next((each for each in self.suites(repository, sha) if each.app is app), None)
        named = [name for name, head in branches(repository.path).items() if head == sha]
        return found or self._suite(repository, app, sha, named[0] if named else None)

    def status(
        self, repository: FakeRepository, sha: str, context: str, state: str, told: dict[str, Any]
    ) -> dict[str, Any]:
        """Somebody says how a commit stands."""
        now = f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"
        made = {"target_url": None, "description": None} | told
        made |= {"id": self._state.new_id(), "sha": sha, "context": context, "state": state, "created_at": now}
        repository.statuses.append(made)
        self._hooks.happened(repository, "status", status_event(repository, made, self._web_url))
        return made

    def _suite(
        self, repository: FakeRepository, app: FakeApp, sha: str, branch: str | None, before: str | None = None
    ) -> FakeCheckSuite:
        suite = FakeCheckSuite(self._state.new_id(), app, sha, branch, before)
        self._kept[repository.id].suites.append(suite)
        return suite

    def _became(self, repository: FakeRepository, run: FakeCheckRun, told: dict[str, Any], action: str) -> None:
        was = run.suite.status
        for name in ("name", "status", "conclusion", "details_url", "external_id", "output"):
            if name in told:
                setattr(run, name, told[name])
        if run.conclusion is not None:
            run.status, run.completed_at = "completed", datetime.now(UTC)
        if action == "created" or run.status == "completed":
            self._hooks.happened(repository, "check_run", check_run_event(repository, run, action, self._web_url))
        self._settle(run.suite)
        if run.suite.status == "completed" != was:
            self._tell_suite(repository, run.suite, "completed")

    def _settle(self, suite: FakeCheckSuite) -> None:
        newest = suite.latest().values()
        if all(each.status == "completed" for each in newest):
            suite.status = "completed"
            ended = {each.conclusion for each in newest}
            suite.conclusion = next((each for each in WORST_FIRST if each in ended), "neutral")
        else:
            suite.conclusion = None
            suite.status = "in_progress" if any(each.status != "queued" for each in newest) else "queued"

    def _tell_suite(self, repository: FakeRepository, suite: FakeCheckSuite, action: str) -> None:
        told = check_suite_event(repository, suite, action, self._web_url)
        self._hooks.happened(repository, "check_suite", told, only=suite.app if action == "requested" else None)
