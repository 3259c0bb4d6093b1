"""Apps as people sign in by them: which there are, and the clients that ask for a person."""

from sqlalchemy import select

from thakur.db import Database
from thakur.github import Bearer, OAuth, Site, User, site_of
from thakur.installations.clients import LocalClients
from thakur.installations.models import AppRow
from thakur.installations.people.interface import AppGone, SignInApp
from thakur.installations.secrets import context_of
from thakur.security import Sealer


class LocalSignInApps:
    """Implements SignInApps on the database. Of the `default` GitHub whoever runs this server has said where its API is."""

    def __init__(self, db: Database, sealer: Sealer, clients: LocalClients, default: Site) -> None:
        self._default = default
        self._db = db
        self._sealer = sealer
        self._clients = clients

    async def every(self) -> list[SignInApp]:
        async with self._db.session() as session:
            rows = await session.scalars(select(AppRow).order_by(AppRow.id))
            return [
                SignInApp(app=row.id, team_id=row.team_id, web_url=row.web_url, slug=row.slug, number=row.app_id)
                for row in rows
                if self._is_own_api(row)
            ]

    async def oauth(self, app: int) -> OAuth:
        row = await self._row(app)
        secret = self._sealer.open(row.client_secret, context_of(app, "client_secret")).decode()
        return OAuth(Site(row.web_url, row.api_url), row.client_id, secret)

    async def user(self, app: int, bearer: Bearer, payer: str) -> User:
        row = await self._row(app)
        return User(self._clients.rest(row.api_url), bearer, payer)

    async def _row(self, app: int) -> AppRow:
        async with self._db.session() as session:
            row = await session.scalar(select(AppRow).where(AppRow.id == app))
        if row is None or not self._is_own_api(row):
            raise AppGone("This GitHub App is not here any more", hint="Begin again at the page where you sign in.")
        return row

    def _is_own_api(self, row: AppRow) -> bool:
        # Who somebody is, is said by the API: one at another address could name anybody of that GitHub.
        return Site(row.web_url, row.api_url) in (self._default, site_of(row.web_url))
