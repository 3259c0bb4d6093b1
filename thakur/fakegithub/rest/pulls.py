"""The stand-in's REST: pull requests, what they bring, and which of them a commit belongs to."""

from aiohttp import web

from thakur.fakegithub.door.answers import Refusal, not_found, paged
from thakur.fakegithub.door.knowing import repository_in
from thakur.fakegithub.git.commits import resolved
from thakur.fakegithub.rest.places import in_repository
from thakur.fakegithub.shown.commits import change_shown, commit_shown
from thakur.fakegithub.shown.pulls import changes_in, commits_in, pull_brief, pull_shown
from thakur.fakegithub.state import FakePull, FakeRepository, State


class PullRoutes:
    """Asked with `pull_requests`."""

    def __init__(self, state: State, web_url: str) -> None:
        self._state = state
        self._web_url = web_url

    def routes(self) -> list[web.RouteDef]:
        return [
            *in_repository("GET", "/pulls", self.pulls),
            *in_repository("GET", "/pulls/{number:[0-9]+}", self.pull),
            *in_repository("GET", "/pulls/{number:[0-9]+}/files", self.files),
            *in_repository("GET", "/pulls/{number:[0-9]+}/commits", self.commits),
            *in_repository("GET", "/commits/{ref:.+}/pulls", self.of_commit),
        ]

    async def pulls(self, request: web.Request) -> web.Response:
        found = repository_in(self._state, request, "pull_requests", "read")
        state, head, base = (request.query.get(name, "") for name in ("state", "head", "base"))
        wanted = [
            each
            for each in found.pulls
            if (state == "all" or each.state == (state or "open"))
            and base in ("", each.base_ref)
            and head in ("", f"{each.head.owner if each.head else ''}:{each.head_ref}")
        ]
        by = "updated_at" if request.query.get("sort") == "updated" else "made_at"
        wanted.sort(key=lambda each: (getattr(each, by), each.number), reverse=request.query.get("direction") != "asc")
        return paged(request, wanted, lambda each: pull_brief(each, self._web_url))

    async def pull(self, request: web.Request) -> web.Response:
        return web.json_response(pull_shown(self._pull(request), self._web_url))

    async def files(self, request: web.Request) -> web.Response:
        pull = self._pull(request)
        return paged(
            request,
            changes_in(pull),
            lambda each: change_shown(pull.repository, each, pull.head_sha, self._web_url),
        )

    async def commits(self, request: web.Request) -> web.Response:
        pull = self._pull(request)
        return paged(request, commits_in(pull), lambda sha: commit_shown(pull.repository, sha, self._web_url))

    async def of_commit(self, request: web.Request) -> web.Response:
        found = repository_in(self._state, request, "pull_requests", "read")
        sha = resolved(found.path, request.match_info["ref"])
        if sha is None:
            raise Refusal(422, f"No commit found for SHA: {request.match_info['ref']}")
        held = [each for each in found.pulls if sha in (each.head_sha, each.merge_sha) or sha in commits_in(each)]
        return paged(request, held, lambda each: pull_brief(each, self._web_url))

    def _pull(self, request: web.Request) -> FakePull:
        found = repository_in(self._state, request, "pull_requests", "read")
        return pull_numbered(found, int(request.match_info["number"]))


def pull_numbered(repository: FakeRepository, number: int) -> FakePull:
    """The repository's pull request of that number."""
    found = next((each for each in repository.pulls if each.number == number), None)
    if found is None:
        raise not_found()
    return found
