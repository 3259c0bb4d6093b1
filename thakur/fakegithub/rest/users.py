"""The stand-in's REST for a person through an App: who they are, where they belong, what they see."""

from aiohttp import web

from thakur.fakegithub.door.answers import Refusal, not_found, paged, paged_below
from thakur.fakegithub.door.knowing import FOREIGN, AsUser, as_user, known
from thakur.fakegithub.people.accounts import FakeOrganization
from thakur.fakegithub.people.roles import permissions, role_in
from thakur.fakegithub.people.shown import membership_shown, organization_shown, profile_shown, team_shown
from thakur.fakegithub.shown import installation_shown, repository_shown
from thakur.fakegithub.state import FakeInstallation, FakeRepository, State


class UserRoutes:
    """What is asked with a person's token."""

    def __init__(self, state: State, web_url: str) -> None:
        self._state = state
        self._web_url = web_url

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/user", self.user),
            web.get("/users/{login}", self.profile),
            web.get("/user/emails", self.emails),
            web.get("/user/orgs", self.organizations),
            web.get("/user/memberships/orgs", self.memberships),
            web.get("/user/memberships/orgs/{org}", self.membership),
            web.get("/user/teams", self.teams),
            web.get("/user/installations", self.installations),
            web.get("/user/installations/{installation}/repositories", self.repositories),
        ]

    async def user(self, request: web.Request) -> web.Response:
        return web.json_response(profile_shown(as_user(self._state, request).token.user, self._web_url))

    async def profile(self, request: web.Request) -> web.Response:
        known(self._state, request)
        found = self._state.people.named(request.match_info["login"])
        if found is None:
            raise not_found()
        return web.json_response(profile_shown(found, self._web_url))

    async def emails(self, request: web.Request) -> web.Response:
        token = as_user(self._state, request).token
        if "email_addresses" not in token.app.permissions:
            raise Refusal(403, FOREIGN)
        visibility = "public" if token.user.has_public_email else "private"
        return paged(
            request, [{"email": token.user.email, "primary": True, "verified": True, "visibility": visibility}]
        )

    async def organizations(self, request: web.Request) -> web.Response:
        found = [each for each in self._belonging(request) if each.active(as_user(self._state, request).token.user)]
        return paged(request, found, lambda each: organization_shown(each, self._web_url))

    async def memberships(self, request: web.Request) -> web.Response:
        user = as_user(self._state, request).token.user
        found = [(each, each.members[user.id]) for each in self._belonging(request)]
        wanted = request.query.get("state")
        found = [pair for pair in found if wanted in (None, pair[1].state)]
        return paged(request, found, lambda pair: membership_shown(pair[0], user, pair[1], self._web_url))

    async def membership(self, request: web.Request) -> web.Response:
        asker = as_user(self._state, request)
        organization = self._state.people.named(request.match_info["org"])
        if not isinstance(organization, FakeOrganization):
            raise not_found()
        if not may_see_members(asker, organization):
            raise Refusal(403, FOREIGN)
        user = asker.token.user
        if user.id not in organization.members:
            raise not_found()
        return web.json_response(membership_shown(organization, user, organization.members[user.id], self._web_url))

    async def teams(self, request: web.Request) -> web.Response:
        user = as_user(self._state, request).token.user
        found = [
            (organization, team)
            for organization in self._belonging(request)
            for team in organization.teams.values()
            if organization.in_team(team.slug, user)
        ]
        return paged(request, found, lambda pair: team_shown(pair[0], pair[1], self._web_url))

    async def installations(self, request: web.Request) -> web.Response:
        found = self._installations(as_user(self._state, request))
        return paged_below(request, "installations", found, lambda each: installation_shown(each, self._web_url))

    async def repositories(self, request: web.Request) -> web.Response:
        asker = as_user(self._state, request)
        wanted = int(request.match_info["installation"])
        found = next((each for each in self._installations(asker) if each.id == wanted), None)
        if found is None:
            raise not_found()
        if found.is_suspended:
            raise Refusal(403, "This installation has been suspended")
        user = asker.token.user
        return paged_below(
            request,
            "repositories",
            self._explicit(found, asker),
            lambda each: repository_shown(each, self._web_url) | {"permissions": permissions(role_in(each, user))},
        )

    def _belonging(self, request: web.Request) -> list[FakeOrganization]:
        """The person's organisations, as far as the App may know of them."""
        asker = as_user(self._state, request)
        every = self._state.people.organizations
        return [each for each in every if asker.token.user.id in each.members and may_see_members(asker, each)]

    def _installations(self, asker: AsUser) -> list[FakeInstallation]:
        """Of this App, on the person's own account or with a repository that they were given."""
        own = [each for each in self._state.installations.values() if each.app is asker.token.app]
        return [each for each in own if each.account is asker.token.user or self._explicit(each, asker)]

    def _explicit(self, installation: FakeInstallation, asker: AsUser) -> list[FakeRepository]:
        every = [self._state.repositories[each] for each in sorted(installation.repository_ids)]
        return [each for each in every if role_in(each, asker.token.user)]


def may_see_members(asker: AsUser, organization: FakeOrganization) -> bool:
    """Only an App that is installed there, and was let read members, is told of them."""
    there = asker.installation_on(organization)
    return there is not None and not there.is_suspended and "members" in there.permissions
