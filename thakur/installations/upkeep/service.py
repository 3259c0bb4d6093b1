"""Upkeep on the database: what GitHub says of an App is kept beside it."""

import logging
import secrets

from sqlalchemy import delete, func, select, update

from thakur.accounts import Action, Principal
from thakur.db import Database
from thakur.errors import ThakurError
from thakur.github import App, Site
from thakur.installations.apps import GRACE, LocalApps
from thakur.installations.clients import LocalClients
from thakur.installations.interface import AppUnknown, GitHubApp
from thakur.installations.models import AppRow, ConnectionRow, InstallationRow
from thakur.installations.registering.reach import Here
from thakur.installations.secrets import context_of
from thakur.installations.upkeep.interface import AddressMissing, AppAmbiguous
from thakur.installations.upkeep.said import Said, ask
from thakur.security import Sealer

log = logging.getLogger(__name__)


class LocalUpkeep:
    """Implements Upkeep."""

    def __init__(self, db: Database, sealer: Sealer, apps: LocalApps, clients: LocalClients, here: Here) -> None:
        self._db = db
        self._sealer = sealer
        self._apps = apps
        self._clients = clients
        self._here = here

    async def refresh(self, app: int) -> str:
        try:
            client = await self._clients.app(app)
            await self._keep(app, client.key.site, await ask(client))
        except ThakurError as error:
            log.warning("github app could not be looked at", extra={"app": app, "reason": error.message})
            trouble = " ".join(filter(None, (f"{error.message}.", error.hint)))
            await self._update(app, trouble=trouble)
            return trouble
        return ""

    async def look_again(self, principal: Principal) -> None:
        principal.require(Action.MANAGE_GITHUB, principal.team_id)
        for app in await self._apps.own(principal):
            await self.refresh(app)

    def hook_url(self, app: GitHubApp) -> str:
        return self._here.hook_url(app.web_url)

    async def set_hook(
        self, principal: Principal, app_id: int, url: str = "", *, is_new_secret: bool = False
    ) -> GitHubApp:
        app = await self.row_of(principal, app_id, url)
        client = await self._clients.app(app)
        hook_url = self._here.hook_url(client.key.site.web_url)
        if not hook_url:
            raise AddressMissing(
                "This server has no public URL, so GitHub cannot be told where it is",
                hint="Set THAKUR_PUBLIC_URL to the dashboard's address from outside and start again.",
            )
        if is_new_secret:
            await self._change_secret(app, client, hook_url)
        else:
            await client.set_hook(hook_url)
        await self._update(app, hook_url=hook_url)
        return await self._apps.get(app)

    async def remove(self, principal: Principal, app_id: int, url: str = "") -> GitHubApp:
        app = await self.row_of(principal, app_id, url)
        removed = await self._apps.get(app)
        async with self._db.session() as session:
            # Whoever begins to follow a repository meanwhile waits, and finds the App gone.
            await session.execute(select(InstallationRow).where(InstallationRow.app_id == app).with_for_update())
            await session.execute(delete(ConnectionRow).where(ConnectionRow.app_id == app))
            await session.execute(delete(AppRow).where(AppRow.id == app))
        return removed

    async def row_of(self, principal: Principal, app_id: int, url: str = "") -> int:
        """The row of an App that the principal manages. Raises AppUnknown, AppAmbiguous, ActionForbidden."""
        is_it = [AppRow.app_id == app_id, AppRow.team_id.in_(principal.team_ids)]
        if url:
            is_it.append(AppRow.web_url == url)
        async with self._db.session() as session:
            found = (await session.execute(select(AppRow.id, AppRow.team_id).where(*is_it))).all()
        if not found:
            principal.require(Action.MANAGE_GITHUB, principal.team_id)
            raise AppUnknown(f"Your teams have no GitHub App {app_id}", hint="See them with: thakur github")
        if len(found) > 1:
            raise AppAmbiguous(f"Two GitHubs have an App {app_id}", hint="Say which, by its address: url.", field="url")
        principal.require(Action.MANAGE_GITHUB, found[0].team_id)
        return int(found[0].id)

    async def _keep(self, app: int, site: Site, said: Said) -> None:
        await self._update(app, hook_url=said.hook_url, trouble="", **self._apps.said_of(said.found, site))
        for each, count in said.installations:
            await self._apps.note(app, each, count)
        is_gone = InstallationRow.installation_id.not_in([each.id for each, _ in said.installations])
        async with self._db.session() as session:
            left = update(InstallationRow).where(
                InstallationRow.app_id == app, is_gone, InstallationRow.status != "gone"
            )
            await session.execute(left.values(status="gone", updated_at=func.now()))

    async def _change_secret(self, app: int, client: App, hook_url: str) -> None:
        # Both count before GitHub is told, so that no event falls between them; if it is not told, the old one stays.
        secret = secrets.token_hex(32)
        sealed = self._sealer.seal(secret.encode(), context_of(app, "webhook_secret"))
        async with self._db.session() as session:
            before = await session.scalar(select(AppRow.webhook_secret).where(AppRow.id == app))
        until = func.now() + GRACE
        await self._update(app, webhook_secret=sealed, previous_secret=before, previous_until=until)
        try:
            await client.set_hook(hook_url, secret)
        except ThakurError:
            await self._update(app, webhook_secret=before, previous_secret=sealed, previous_until=until)
            raise

    async def _update(self, app: int, **values: object) -> None:
        async with self._db.session() as session:
            await session.execute(update(AppRow).where(AppRow.id == app).values(**values))
