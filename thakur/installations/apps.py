"""Apps, as rows, and where they are installed."""

from collections import defaultdict
from datetime import timedelta

from sqlalchemy import case, func, select, text
from sqlalchemy.dialects.postgresql import insert

from thakur.accounts import Action, Principal
from thakur.db import Database
from thakur.github import AppKey, Installation, Site, SiteRefused, check_key, site_of
from thakur.installations.clients import LocalClients
from thakur.installations.interface import AppAsked, AppRefused, GitHubApp, InstalledOn, WebhookSecret
from thakur.installations.models import AppRow, InstallationRow
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
        app = await self._kept(principal, site, asked, found.slug, hook_url)
        for each in await client.installations():
            await self.note(app, each)
        return next(
            each for each in await self.list(principal) if (each.web_url, each.app_id) == (site.web_url, asked.app_id)
        )

    async def list(self, principal: Principal) -> list[GitHubApp]:
        async with self._db.session() as session:
            rows = (
                await session.scalars(select(AppRow).where(AppRow.team_id.in_(principal.team_ids)).order_by(AppRow.id))
            ).all()
            found = await session.scalars(
                select(InstallationRow)
                .where(InstallationRow.app_id.in_([row.id for row in rows]))
                .order_by(InstallationRow.account)
            )
            installed: defaultdict[int, list_of[InstalledOn]] = defaultdict(list_of[InstalledOn])
            for each in found:
                installed[each.app_id].append(
                    InstalledOn(installation_id=each.installation_id, account=each.account, status=each.status)
                )
        return [_shown(row, tuple(installed[row.id]), is_pulled=self._is_pulled) for row in rows]

    async def ids(self, principal: Principal) -> list_of[int]:
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

    async def note(self, app: int, found: Installation) -> None:
        values = {"account": found.account.login, "status": "suspended" if found.suspended_at else "active"}
        await self._note(app, found.id, values)

    async def note_gone(self, app: int, installation_id: int) -> None:
        await self._note(app, installation_id, {"account": "", "status": "gone"})

    async def _note(self, app: int, installation_id: int, values: dict[str, str]) -> None:
        made = insert(InstallationRow).values(app_id=app, installation_id=installation_id, **values)
        kept = {name: value for name, value in values.items() if value} | {"updated_at": func.now()}
        keys = [InstallationRow.app_id, InstallationRow.installation_id]
        async with self._db.session() as session:
            await session.execute(made.on_conflict_do_update(index_elements=keys, set_=kept))

    async def _kept(self, principal: Principal, site: Site, asked: AppAsked, slug: str, hook_url: str) -> int:
        secrets = {name: getattr(asked, name) for name in ("client_secret", "private_key", "webhook_secret")}
        open_to = {"slug": slug, "client_id": asked.client_id, "hook_url": hook_url, "api_url": site.api_url}
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


def _shown(row: AppRow, installations: tuple[InstalledOn, ...], *, is_pulled: bool) -> GitHubApp:
    return GitHubApp(
        app_id=row.app_id,
        slug=row.slug,
        web_url=row.web_url,
        api_url=row.api_url,
        client_id=row.client_id,
        hook_url=row.hook_url,
        is_pulled=is_pulled,
        installations=installations,
        created_at=row.created_at,
        created_by=row.created_by,
    )
