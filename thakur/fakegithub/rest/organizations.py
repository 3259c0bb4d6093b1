"""The stand-in's REST for who belongs to an organisation or to one of its teams."""

from aiohttp import web

from thakur.fakegithub.door.answers import Refusal, not_found, paged
from thakur.fakegithub.door.knowing import FOREIGN, AsUser, asking
from thakur.fakegithub.people.accounts import FakeOrganization, FakeTeam, FakeUser
from thakur.fakegithub.people.shown import account_shown, membership_shown, team_shown
from thakur.fakegithub.rest.users import may_see_members
from thakur.fakegithub.state import State


class OrganizationRoutes:
    """What is asked by an installation on the organisation, or by one of its people."""

    def __init__(self, state: State, web_url: str) -> None:
        self._state = state
        self._web_url = web_url

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/orgs/{org}/members", self.members),
            web.get("/orgs/{org}/memberships/{login}", self.membership),
            web.get("/orgs/{org}/teams", self.teams),
            web.get("/orgs/{org}/teams/{slug}", self.team),
            web.get("/orgs/{org}/teams/{slug}/memberships/{login}", self.team_membership),
        ]

    async def members(self, request: web.Request) -> web.Response:
        organization = self._organization(request)
        every = self._state.people.users
        found = [each for each in every if organization.active(each)]
        return paged(request, found, lambda each: account_shown(each, self._web_url))

    async def membership(self, request: web.Request) -> web.Response:
        organization, user = self._organization(request), self._user(request)
        if user.id not in organization.members:
            raise not_found()
        return web.json_response(membership_shown(organization, user, organization.members[user.id], self._web_url))

    async def teams(self, request: web.Request) -> web.Response:
        organization = self._organization(request)
        found = list(organization.teams.values())
        return paged(request, found, lambda each: team_shown(organization, each, self._web_url))

    async def team(self, request: web.Request) -> web.Response:
        organization = self._organization(request)
        return web.json_response(team_shown(organization, self._team(organization, request), self._web_url))

    async def team_membership(self, request: web.Request) -> web.Response:
        organization = self._organization(request)
        team, user = self._team(organization, request), self._user(request)
        found = organization.in_team(team.slug, user)
        if found is None:
            raise not_found()
        owner = organization.active(user)
        role = "maintainer" if owner is not None and owner.role == "admin" else found.role
        url = f"{self._web_url}/api/v3/organizations/{organization.id}/team/{team.id}/memberships/{user.login}"
        return web.json_response({"url": url, "role": role, "state": found.state})

    def _organization(self, request: web.Request) -> FakeOrganization:
        asker = asking(self._state, request)
        found = self._state.people.named(request.match_info["org"])
        if not isinstance(found, FakeOrganization):
            raise not_found()
        if isinstance(asker, AsUser):
            is_let = may_see_members(asker, found)
            if is_let and not found.active(asker.token.user):
                raise not_found()
        else:
            is_let = asker.installation.account is found and "members" in asker.permissions
        if not is_let:
            raise Refusal(403, FOREIGN)
        return found

    def _team(self, organization: FakeOrganization, request: web.Request) -> FakeTeam:
        found = organization.teams.get(request.match_info["slug"])
        if found is None:
            raise not_found()
        return found

    def _user(self, request: web.Request) -> FakeUser:
        found = self._state.people.named(request.match_info["login"])
        if not isinstance(found, FakeUser):
            raise not_found()
        return found
