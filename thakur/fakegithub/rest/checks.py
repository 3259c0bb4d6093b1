"""The stand-in's REST: checks of commits, which Apps make, and their suites."""

from typing import Any

from aiohttp import web

from thakur.fakegithub.acts.checks import Checks
from thakur.fakegithub.door.answers import Refusal, not_found, paged_below
from thakur.fakegithub.door.knowing import installed, repository_in
from thakur.fakegithub.git.commits import resolved
from thakur.fakegithub.rest.places import in_repository
from thakur.fakegithub.shown.checks import run_shown, suite_shown
from thakur.fakegithub.state import FakeCheckRun, FakeCheckSuite, FakeRepository, State

CONCLUSIONS = ("action_required", "cancelled", "failure", "neutral", "success", "skipped", "timed_out", "stale")
STATUSES = ("queued", "in_progress", "completed")


class CheckRoutes:
    """Asked with `checks`."""

    def __init__(self, state: State, checks: Checks, web_url: str) -> None:
        self._state = state
        self._checks = checks
        self._web_url = web_url

    def routes(self) -> list[web.RouteDef]:
        return [
            *in_repository("GET", "/commits/{ref:.+}/check-runs", self.runs),
            *in_repository("GET", "/commits/{ref:.+}/check-suites", self.suites),
            *in_repository("GET", "/check-suites/{suite}", self.suite),
            *in_repository("GET", "/check-suites/{suite}/check-runs", self.runs),
            *in_repository("POST", "/check-runs", self.begin),
            *in_repository("GET", "/check-runs/{run}", self.run),
            *in_repository("PATCH", "/check-runs/{run}", self.tell),
        ]

    async def runs(self, request: web.Request) -> web.Response:
        found = repository_in(self._state, request, "checks", "read")
        is_of_suite = "suite" in request.match_info
        suites = [self._suite(found, request)] if is_of_suite else self._suites(found, request)
        runs = [run for suite in suites for run in _runs(suite, request.query.get("filter", "latest"))]
        for name, field in (("check_name", "name"), ("status", "status")):
            if name in request.query:
                runs = [each for each in runs if getattr(each, field) == request.query[name]]
        shown = [run_shown(found, each, self._web_url) for each in runs]
        return paged_below(request, "check_runs", shown)

    async def suites(self, request: web.Request) -> web.Response:
        found = repository_in(self._state, request, "checks", "read")
        suites = self._suites(found, request)
        if "check_name" in request.query:
            suites = [each for each in suites if request.query["check_name"] in each.latest()]
        return paged_below(request, "check_suites", [suite_shown(found, each, self._web_url) for each in suites])

    async def suite(self, request: web.Request) -> web.Response:
        found = repository_in(self._state, request, "checks", "read")
        return web.json_response(suite_shown(found, self._suite(found, request), self._web_url))

    async def run(self, request: web.Request) -> web.Response:
        found = repository_in(self._state, request, "checks", "read")
        return web.json_response(run_shown(found, self._run(found, request), self._web_url))

    async def begin(self, request: web.Request) -> web.Response:
        found = repository_in(self._state, request, "checks", "write")
        asked: dict[str, Any] = await request.json()
        sha = resolved(found.path, asked["head_sha"])
        if sha is None:
            raise Refusal(422, f"No commit found for SHA: {asked['head_sha']}")
        _check(asked)
        app = installed(self._state, request).installation.app
        made = self._checks.begin(found, app, sha, asked["name"], asked)
        return web.json_response(run_shown(found, made, self._web_url), status=201)

    async def tell(self, request: web.Request) -> web.Response:
        found = repository_in(self._state, request, "checks", "write")
        run = self._run(found, request)
        if run.suite.app is not installed(self._state, request).installation.app:
            raise Refusal(403, "Invalid app_id `check_run` can only be modified by the GitHub App that created it.")
        asked: dict[str, Any] = await request.json()
        _check(asked)
        self._checks.tell(found, run, asked)
        return web.json_response(run_shown(found, run, self._web_url))

    def _suites(self, found: FakeRepository, request: web.Request) -> list[FakeCheckSuite]:
        ref = request.match_info["ref"]
        sha = resolved(found.path, ref)
        if sha is None:
            raise Refusal(422, f"No commit found for SHA: {ref}")
        suites = self._checks.suites(found, sha)
        wanted = request.query.get("app_id")
        return [each for each in suites if wanted is None or each.app.id == int(wanted)]

    def _suite(self, found: FakeRepository, request: web.Request) -> FakeCheckSuite:
        suite = self._checks.suite(found, int(request.match_info["suite"]))
        if suite is None:
            raise not_found()
        return suite

    def _run(self, found: FakeRepository, request: web.Request) -> FakeCheckRun:
        run = self._checks.run(found, int(request.match_info["run"]))
        if run is None:
            raise not_found()
        return run


def _runs(suite: FakeCheckSuite, which: str) -> list[FakeCheckRun]:
    runs = suite.runs if which == "all" else list(suite.latest().values())
    return sorted(runs, key=lambda each: each.id, reverse=True)


def _check(asked: dict[str, Any]) -> None:
    wrong = asked.get("status", "queued") not in STATUSES or asked.get("conclusion") not in (None, *CONCLUSIONS)
    if wrong or (asked.get("status") == "completed" and asked.get("conclusion") is None):
        raise Refusal(422, "Invalid request.\n\nFor 'properties/status', the value is not of those that are known.")
