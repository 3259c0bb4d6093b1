"""What pages have in common: who is there, what they may, and how they are answered."""

from collections.abc import Callable
from typing import Any

from aiohttp import web

from thakur.fakegithub.door.answers import Refusal, not_found
from thakur.fakegithub.pages.rendering import Rendering
from thakur.fakegithub.pages.sessions import Sessions
from thakur.fakegithub.people.accounts import FakeAccount, FakeOrganization, FakeUser
from thakur.fakegithub.people.roles import ROLES, role_in
from thakur.fakegithub.state import FakeApp, FakeRepository, State


class Desk:
    """Every kind of page sits at it."""

    def __init__(
        self, state: State, sessions: Sessions, rendering: Rendering, push_url: Callable[[FakeRepository, str], str]
    ) -> None:
        self.state = state
        self.push_url = push_url
        self._sessions = sessions
        self._rendering = rendering

    def user(self, request: web.Request) -> FakeUser | None:
        return self._sessions.user(request)

    def required(self, request: web.Request) -> FakeUser:
        """Who is signed in; what only they may is refused to everybody else."""
        found = self._sessions.user(request)
        if found is None:
            raise Refusal(403, "Sign in first.")
        return found

    def page(self, request: web.Request, template: str, status: int = 200, **context: Any) -> web.Response:
        return self._rendering.page(request, template, status, **context)

    def sign_in(self, request: web.Request, return_to: str, fields: dict[str, str] | None = None) -> web.Response:
        return self._rendering.sign_in(request, return_to, fields)

    def leads_to(self, path: str) -> web.Response:
        """On to another page, after something was done."""
        return web.Response(status=303, headers={"Location": path})

    def app(self, slug: str) -> FakeApp:
        found = next((each for each in self.state.apps.values() if each.slug == slug), None)
        if found is None:
            raise not_found()
        return found

    def owned(self, user: FakeUser) -> list[FakeAccount]:
        """The person's own account, and the organisations that they own."""
        every = self.state.people.organizations
        return [user, *(each for each in every if (held := each.active(user)) and held.role == "admin")]

    def joined(self, user: FakeUser) -> list[FakeOrganization]:
        """The organisations of which they are no more than a member."""
        every = self.state.people.organizations
        return [each for each in every if (held := each.active(user)) and held.role != "admin"]

    def repository(self, request: web.Request, least: str = "read") -> FakeRepository:
        """The repository of the path, for who may do that there; a public one may be read by everybody."""
        named = f"{request.match_info['owner']}/{request.match_info['repo']}"
        found = self.state.named(named)
        role = self.role(request, found) if found is not None else ""
        if found is None or not role:
            raise not_found()
        if ROLES.index(role) < ROLES.index(least):
            raise Refusal(403, f"{found.full_name} is not yours to change.")
        return found

    def role(self, request: web.Request, repository: FakeRepository) -> str:
        user = self.user(request)
        given = role_in(repository, user) if user is not None else ""
        return given or ("" if repository.is_private else "read")
