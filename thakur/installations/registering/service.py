"""From the dashboard to GitHub and back: an App is made by a manifest, then installed, and only what was begun here counts."""

import json
import re
import secrets
from urllib.parse import quote

import msgspec

from thakur.accounts import Action, Principal
from thakur.github import AppFound, AppMade, GitHubUnavailable, Installation, Site, SiteRefused, made_by, site_of
from thakur.installations.apps import LocalApps
from thakur.installations.clients import LocalClients
from thakur.installations.interface import AppAsked, AppRefused, GitHubApp
from thakur.installations.permissions import permissions_for
from thakur.installations.registering.departures import Departures
from thakur.installations.registering.interface import (
    InstallationRefused,
    Registered,
    Registration,
    RegistrationAsked,
    Viewer,
)
from thakur.installations.registering.manifest import EVENTS, manifest
from thakur.installations.registering.reach import PULL_HOOK_URL, Here, unreachable
from thakur.installations.track import Tracks
from thakur.installations.upkeep.service import LocalUpkeep

_ORGANIZATION = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,99}")


class LocalRegistrations:
    """Implements Registrations. `default` is the GitHub that is meant where nothing is said."""

    def __init__(
        self,
        departures: Departures,
        apps: LocalApps,
        upkeep: LocalUpkeep,
        clients: LocalClients,
        tracks: Tracks,
        viewer: Viewer,
        default: Site,
        here: Here,
    ) -> None:
        self._departures = departures
        self._apps = apps
        self._upkeep = upkeep
        self._clients = clients
        self._tracks = tracks
        self._viewer = viewer
        self._default = default
        self._here = here

    @property
    def default(self) -> Site:
        return self._default

    async def begin(self, principal: Principal, asked: RegistrationAsked) -> Registration:
        principal.require(Action.MANAGE_GITHUB, principal.team_id)
        site, organization = self._site(asked), asked.organization.strip()
        if organization and not _ORGANIZATION.fullmatch(organization):
            raise AppRefused(
                "This is no name of an organisation",
                hint="Write it as in its address: github.com/NAME.",
                field="organization",
            )
        hook_url, base_url = self._here.hook_url(site.web_url), self._here.base_url
        place = f"/organizations/{organization}" if organization else ""
        state = await self._departures.begin(principal, site)
        return Registration(
            web_url=site.web_url,
            api_url=site.api_url,
            organization=organization,
            action=f"{site.web_url}{place}/settings/apps/new?state={state}",
            manifest=json.dumps(manifest(base_url, hook_url or PULL_HOOK_URL, organization)),
            base_url=base_url,
            hook_url=hook_url,
            permissions=permissions_for(organization),
            events=EVENTS,
            trouble=unreachable(self._here, site.web_url),
            is_pulled=hook_url == PULL_HOOK_URL,
        )

    async def finish(self, principal: Principal, code: str, state: str) -> Registered:
        principal.require(Action.MANAGE_GITHUB, principal.team_id)
        departure = await self._departures.take(principal, state, is_for_app=True)
        try:
            made = await made_by(self._clients.rest(departure.site.api_url), code)
        except GitHubUnavailable:
            # The code is as good as before, so the same address may be opened once more.
            await self._departures.put_back(state)
            raise
        acting = msgspec.structs.replace(principal, team_id=departure.team_id)
        app = await self._keep(acting, departure.site, made)
        await self._upkeep.refresh(app)
        return Registered(await self._apps.get(app), await self._install_url(acting, app))

    async def install(self, principal: Principal, app_id: int, url: str = "") -> str:
        return await self._install_url(principal, await self._upkeep.row_of(principal, app_id, url))

    async def installed(self, principal: Principal, installation_id: int, state: str) -> GitHubApp:
        principal.require(Action.MANAGE_GITHUB, principal.team_id)
        departure = await self._departures.take(principal, state, is_for_app=False)
        assert departure.app is not None
        try:
            found = await self._own(principal, departure.app, installation_id)
        except GitHubUnavailable:
            await self._departures.put_back(state)
            raise
        await self._apps.note(departure.app, found)
        await self._upkeep.refresh(departure.app)
        await self._tracks.look_soon_at(departure.app, found.id)
        return await self._apps.get(departure.app)

    async def _own(self, principal: Principal, app: int, installation_id: int) -> Installation:
        found = await (await self._clients.app(app)).installation(installation_id)
        if found is None or await self._viewer.sees(principal, app, installation_id) is False:
            raise InstallationRefused(
                f"The installation {installation_id} is not one of yours of this App",
                hint="Nothing was changed. Install the App from the list, and come back the way that GitHub leads.",
            )
        return found

    def _site(self, asked: RegistrationAsked) -> Site:
        url = asked.url.strip().rstrip("/")
        url = url if not url or "://" in url else f"https://{url}"
        if url in ("", self._default.web_url) and not asked.api_url:
            return self._default
        site = site_of(url, asked.api_url.strip())
        if isinstance(site, str):
            raise SiteRefused(
                "This is no address of a GitHub",
                hint="Write github.com, SUB.ghe.com, or https:// and the host name of an Enterprise Server.",
                field=site,
            )
        return site

    async def _keep(self, principal: Principal, site: Site, made: AppMade) -> int:
        asked = AppAsked(
            app_id=made.id,
            client_id=made.client_id,
            client_secret=made.client_secret,
            private_key=made.pem,
            webhook_secret=made.webhook_secret or secrets.token_hex(32),
        )
        found = AppFound(made.id, made.slug, html_url=made.html_url, owner=made.owner)
        return await self._apps.keep(principal, site, asked, found, "")

    async def _install_url(self, principal: Principal, app: int) -> str:
        found = await self._apps.get(app)
        state = await self._departures.begin(principal, Site(found.web_url, found.api_url), app)
        return f"{found.page_url}/installations/new?state={quote(state)}"
