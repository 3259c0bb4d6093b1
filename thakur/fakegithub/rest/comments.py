"""The stand-in's REST: comments below pull requests, which GitHub asks for as issues."""

from typing import Any

from aiohttp import web

from thakur.fakegithub.acts.comments import Comments
from thakur.fakegithub.door.answers import Refusal, not_found, paged
from thakur.fakegithub.door.knowing import AsUser, asking, repository_in
from thakur.fakegithub.people.accounts import FakeUser
from thakur.fakegithub.rest.places import in_repository
from thakur.fakegithub.rest.pulls import pull_numbered
from thakur.fakegithub.shown.pulls import comment_shown
from thakur.fakegithub.state import FakeApp, FakeComment, FakeRepository, State

LONGEST = 65536


class CommentRoutes:
    """Asked with `issues` or `pull_requests`: below a pull request either is enough."""

    def __init__(self, state: State, comments: Comments, web_url: str) -> None:
        self._state = state
        self._comments = comments
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
        author, app = self._asker(request)
        made = self._comments.add(pull, author, await _body(request), app)
        return web.json_response(comment_shown(found, made, self._web_url), status=201)

    async def show(self, request: web.Request) -> web.Response:
        found = self._repository(request, "read")
        return web.json_response(comment_shown(found, self._comment(found, request), self._web_url))

    async def edit(self, request: web.Request) -> web.Response:
        found = self._repository(request, "write")
        comment = self._comment(found, request)
        self._comments.edit(found, comment, self._asker(request)[0], await _body(request))
        return web.json_response(comment_shown(found, comment, self._web_url))

    async def delete(self, request: web.Request) -> web.Response:
        found = self._repository(request, "write")
        self._comments.delete(found, self._comment(found, request), self._asker(request)[0])
        return web.Response(status=204)

    def _asker(self, request: web.Request) -> tuple[FakeUser | FakeApp, FakeApp]:
        """The author, and the App through which they write: its own, for an installation."""
        asker = asking(self._state, request)
        if isinstance(asker, AsUser):
            return asker.token.user, asker.token.app
        return asker.installation.app, asker.installation.app

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
