"""The stand-in's REST: comments below pull requests, which GitHub asks for as issues."""

from datetime import UTC, datetime
from typing import Any

from aiohttp import web

from thakur.fakegithub.answers import Refusal, not_found, paged
from thakur.fakegithub.knowing import AsUser, asking, repository_in
from thakur.fakegithub.rest.places import in_repository
from thakur.fakegithub.rest.pulls import pull_numbered
from thakur.fakegithub.shown.pulls import comment_shown
from thakur.fakegithub.state import FakeComment, FakeRepository, State

LONGEST = 65536


class CommentRoutes:
    """Asked with `issues` or `pull_requests`: below a pull request either is enough."""

    def __init__(self, state: State, web_url: str) -> None:
        self._state = state
        self._web_url = web_url

    def routes(self) -> list[web.RouteDef]:
        return [
            *in_repository("GET", "/issues/{number:[0-9]+}/comments", self.comments),
            *in_repository("POST", "/issues/{number:[0-9]+}/comments", self.comment),
            *in_repository("GET", "/issues/comments/{comment:[0-9]+}", self.show),
            *in_repository("PATCH", "/issues/comments/{comment:[0-9]+}", self.edit),
            *in_repository("DELETE", "/issues/comments/{comment:[0-9]+}", self.delete),
        ]

    async def comments(self, request: web.Request) -> web.Response:
        found = self._repository(request, "read")
        pull = pull_numbered(found, int(request.match_info["number"]))
        held = [each for each in found.comments if each.number == pull.number]
        return paged(request, held, lambda each: comment_shown(found, each, self._web_url))

    async def comment(self, request: web.Request) -> web.Response:
        found = self._repository(request, "write")
        pull = pull_numbered(found, int(request.match_info["number"]))
        asker = asking(self._state, request)
        app = asker.token.app if isinstance(asker, AsUser) else asker.installation.app
        author = asker.token.user if isinstance(asker, AsUser) else app
        made = FakeComment(self._state.new_id(), pull.number, author, await _body(request), app)
        found.comments.append(made)
        return web.json_response(comment_shown(found, made, self._web_url), status=201)

    async def show(self, request: web.Request) -> web.Response:
        found = self._repository(request, "read")
        return web.json_response(comment_shown(found, self._comment(found, request), self._web_url))

    async def edit(self, request: web.Request) -> web.Response:
        found = self._repository(request, "write")
        comment = self._comment(found, request)
        comment.body, comment.updated_at = await _body(request), datetime.now(UTC)
        return web.json_response(comment_shown(found, comment, self._web_url))

    async def delete(self, request: web.Request) -> web.Response:
        found = self._repository(request, "write")
        found.comments.remove(self._comment(found, request))
        return web.Response(status=204)

    def _repository(self, request: web.Request, level: str) -> FakeRepository:
        try:
            return repository_in(self._state, request, "issues", level)
        except Refusal as refusal:
            if refusal.status != 403:
                raise
            return repository_in(self._state, request, "pull_requests", level)

    def _comment(self, repository: FakeRepository, request: web.Request) -> FakeComment:
        wanted = int(request.match_info["comment"])
        found = next((each for each in repository.comments if each.id == wanted), None)
        if found is None:
            raise not_found()
        return found


async def _body(request: web.Request) -> str:
    asked: dict[str, Any] = await request.json()
    body = asked.get("body")
    if not isinstance(body, str) or not body.strip():
        raise Refusal(422, "Validation Failed")
    if len(body) > LONGEST:
        raise Refusal(422, f"Body is too long (maximum is {LONGEST} characters)")
    return body
