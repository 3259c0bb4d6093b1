"""Apps, as rows, and where they are installed."""

from collections import defaultdict
from datetime import timedelta
from typing import Any
from urllib.parse import quote

from sqlalchemy import ColumnElement, case, func, select, text, update
from sqlalchemy.dialects.postgresql import insert

from thakur.accounts import Action, Principal
from thakur.db import Database
from thakur.github import AppFound, AppKey, Installation, Site, SiteRefused, check_key, site_of
from thakur.installations.clients import LocalClients
from thakur.installations.interface import AppAsked, AppRefused, AppUnknown, GitHubApp, InstalledOn, WebhookSecret
from thakur.installations.models import AppRow, InstallationRow
from thakur.installations.permissions import lacking
from thakur.installations.secrets import context_of, sealed
from thakur.security import Sealer

# So long events that were signed with the secret before still count.
GRACE = timedelta(days=1)
SECRET_CHARACTERS = 16

# A method here is named `list`, which hides the type in the annotations below it.
list_of = list


class LocalApps:
    """Implements Apps on the database."""

    def __init__(self, db: Database, sealer: Sealer, clients: LocalClients, *, is_pulled: bool = False) -> None:
        self._is_pulled = is_pulled
        self._db = db
        self._sealer = sealer
        self._clients = clients

    async def add(self, principal: Principal, asked: AppAsked) -> GitHubApp:
        principal.require(Action.MANAGE_GITHUB, principal.team_id)
        site = _checked(asked)
        client = self._clients.of(AppKey(site=site, app_id=asked.app_id, private_key=asked.private_key))
        found = await client.found()
        hook_url = await client.hook_url()
        app = await self.keep(principal, site, asked, found, hook_url)
        for each in await client.installations():
            await self.note(app, each)
        return await self.get(app)

    async def list(self, principal: Principal) -> list[GitHubApp]:
        return list_of((await self._where(AppRow.team_id.in_(principal.team_ids))).values())

    async def managed(self, principal: Principal) -> dict[int, GitHubApp]:
        principal.require(Action.MANAGE_GITHUB, principal.team_id)
        teams = [team for team in principal.team_ids if principal.may(Action.MANAGE_GITHUB, team)]
        return await self._where(AppRow.team_id.in_(teams))

    async def get(self, app: int) -> GitHubApp:
        """The App of that row. Raises AppUnknown."""
        found = await self._where(AppRow.id == app)
        if not found:
            raise AppUnknown("The GitHub App was removed")
        return found[app]

    async def _where(self, which: ColumnElement[bool]) -> dict[int, GitHubApp]:
        async with self._db.session() as session:
            rows = (await session.scalars(select(AppRow).where(which).order_by(AppRow.id))).all()
            found = await session.scalars(
                select(InstallationRow)
                .where(InstallationRow.app_id.in_([row.id for row in rows]))
                .order_by(InstallationRow.account)
            )
            installed: defaultdict[int, list_of[InstalledOn]] = defaultdict(list_of[InstalledOn])
            for each in found:
                installed[each.app_id].append(_installed_on(each))
        return {row.id: _shown(row, tuple(installed[row.id]), is_pulled=self._is_pulled) for row in rows}

    async def own(self, principal: Principal) -> list_of[int]:
        """The rows of the Apps that the principal's team has."""
        async with self._db.session() as session:
            own = select(AppRow.id).where(AppRow.team_id == principal.team_id).order_by(AppRow.id)
            return list_of(await session.scalars(own))

    async def every(self) -> list_of[int]:
        async with self._db.session() as session:
            return list_of(await session.scalars(select(AppRow.id).order_by(AppRow.id)))

    async def secrets(self) -> list_of[WebhookSecret]:
        async with self._db.session() as session:
            is_in_time = AppRow.previous_until > func.now()
            rows = await session.execute(
                select(AppRow.id, AppRow.app_id, AppRow.webhook_secret, case((is_in_time, AppRow.previous_secret)))
            )
            return [
                WebhookSecret(app, number, self._sealer.open(kept, context_of(app, "webhook_secret")))
                for app, number, *both in rows
                for kept in both
                if kept is not None
            ]

    async def note(self, app: int, found: Installation, repositories: int | None = None) -> None:
        values = {
            "account": found.account.login,
            "is_organization": found.account.is_organization,
            "status": "suspended" if found.suspended_at else "active",
            "repositories": repositories,
            "permissions": found.permissions,
            "since": found.created_at,
        }
        await self._note(app, found.id, {name: value for name, value in values.items() if value is not None})

    async def note_gone(self, app: int, installation_id: int) -> None:
        is_it = (InstallationRow.app_id == app, InstallationRow.installation_id == installation_id)
        gone = update(InstallationRow).where(*is_it).values(status="gone", updated_at=func.now())
        async with self._db.session() as session:
            await session.execute(gone)

    async def _note(self, app: int, installation_id: int, values: dict[str, Any]) -> None:
        made = insert(InstallationRow).values(app_id=app, installation_id=installation_id, **values)
        kept = {name: value for name, value in values.items() if value != ""} | {"updated_at": func.now()}
        keys = [InstallationRow.app_id, InstallationRow.installation_id]
        async with self._db.session() as session:
            await session.execute(made.on_conflict_do_update(index_elements=keys, set_=kept))

    async def keep(self, principal: Principal, site: Site, asked: AppAsked, found: AppFound, hook_url: str) -> int:
        """Keep what is known of an App, and its secrets sealed; returns its row. Raises AppRefused."""
        secrets = {name: getattr(asked, name) for name in ("client_secret", "private_key", "webhook_secret")}
        known = {"client_id": asked.client_id, "hook_url": hook_url, "api_url": site.api_url, "trouble": ""}
        open_to = known | self.said_of(found, site)
        async with self._db.session() as session:
            # One at a time: a row's secrets are bound to its id.
            await session.execute(text("LOCK TABLE github_apps IN SHARE ROW EXCLUSIVE MODE"))
            is_it = (AppRow.web_url == site.web_url, AppRow.app_id == asked.app_id)
            row = await session.scalar(select(AppRow).where(*is_it))
            if row is not None and row.team_id != principal.team_id:
                raise AppRefused("Another team has this App already", hint="Register one of your own.", field="app_id")
            if row is None:
                blank = dict.fromkeys(secrets, b"")
                row = AppRow(
                    team_id=principal.team_id,
                    web_url=site.web_url,
                    app_id=asked.app_id,
                    created_by=principal.actor,
                    **blank,
                    **open_to,
                )
                session.add(row)
                await session.flush()
            elif (
                self._sealer.open(row.webhook_secret, context_of(row.id, "webhook_secret"))
                != asked.webhook_secret.encode()
            ):
                row.previous_secret = row.webhook_secret
                row.previous_until = (await session.scalars(select(func.now() + GRACE))).one()
            for name, value in {**open_to, **sealed(self._sealer, row.id, secrets)}.items():
                setattr(row, name, value)
            return row.id

    @staticmethod
    def said_of(found: AppFound, site: Site) -> dict[str, Any]:
        """The columns of what GitHub says of an App. Its page is led to only where it is one of that GitHub's."""
        is_there = found.html_url.startswith(f"{site.web_url}/")
        return {
            "slug": found.slug,
            "owner": found.owner.login if found.owner else "",
            "is_of_organization": found.owner is not None and found.owner.is_organization,
            "page_url": found.html_url if is_there else f"{site.web_url}/apps/{quote(found.slug)}",
        }


def _checked(asked: AppAsked) -> Site:
    site = site_of(asked.url, asked.api_url)
    if isinstance(site, str):
        raise SiteRefused(
            "This is no address of a GitHub",
            hint="Write https:// and a host name, such as https://git.example.com. Plain http is for loopback alone.",
            field=site,
        )
    if not 0 < asked.app_id < 2**53:
        raise AppRefused(
            "This is no number of an App", hint="It is shown in the App's settings as App ID.", field="app_id"
        )
    if len(asked.webhook_secret) < SECRET_CHARACTERS:
        raise AppRefused(
            f"The webhook secret is shorter than {SECRET_CHARACTERS} characters, so it could be guessed",
            hint="Set a long random one in the App's settings: openssl rand -hex 32.",
            field="webhook_secret",
        )
    check_key(asked.private_key)
    return site


def _installed_on(row: InstallationRow) -> InstalledOn:
    return InstalledOn(
        installation_id=row.installation_id,
        account=row.account,
        is_organization=row.is_organization,
        status=row.status,
        repositories=row.repositories,
        lacks=lacking(row.permissions) if row.permissions is not None and row.status != "gone" else (),
        since=row.since,
    )


def _shown(row: AppRow, installations: tuple[InstalledOn, ...], *, is_pulled: bool) -> GitHubApp:
    return GitHubApp(
        app_id=row.app_id,
        slug=row.slug,
        web_url=row.web_url,
        api_url=row.api_url,
        client_id=row.client_id,
        hook_url=row.hook_url,
        is_pulled=is_pulled,
        owner=row.owner,
        page_url=row.page_url or f"{row.web_url}/apps/{quote(row.slug)}",
        settings_url=_settings_url(row),
        trouble=row.trouble,
        installations=installations,
        created_at=row.created_at,
        created_by=row.created_by,
    )


def _settings_url(row: AppRow) -> str:
    place = f"/organizations/{quote(row.owner, safe='')}" if row.is_of_organization else ""
    return f"{row.web_url}{place}/settings/apps/{quote(row.slug, safe='')}"
