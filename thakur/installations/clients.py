"""Clients of Apps, kept: their tokens and pauses are shared by everybody in this process."""

from sqlalchemy import select

from thakur.db import Database
from thakur.github import App, AppKey, Installed, Rest, Site
from thakur.installations.interface import AppUnknown
from thakur.installations.models import AppRow
from thakur.installations.secrets import context_of
from thakur.security import Sealer


class LocalClients:
    """Implements Clients: one for each App, and one way to each GitHub."""

    def __init__(self, db: Database, sealer: Sealer, write_gap_seconds: float | None = None) -> None:
        self._db = db
        self._sealer = sealer
        self._write_gap_seconds = write_gap_seconds
        self._rests: dict[str, Rest] = {}
        self._apps: dict[int, App] = {}

    async def app(self, app: int) -> App:
        """The client of the App's row, with the key of now. Raises SecretUnreadable, AppUnknown."""
        async with self._db.session() as session:
            row = await session.scalar(select(AppRow).where(AppRow.id == app))
        if row is None:
            raise AppUnknown("The GitHub App was removed")
        private_key = self._sealer.open(row.private_key, context_of(app, "private_key")).decode()
        key = AppKey(site=Site(row.web_url, row.api_url), app_id=row.app_id, private_key=private_key)
        kept = self._apps.get(app)
        if kept is None or kept.key != key:
            kept = self._apps[app] = self.of(key)
        return kept

    def of(self, key: AppKey) -> App:
        """A client that is not kept."""
        return App(key, self.rest(key.site.api_url))

    async def installed(self, app: int, installation_id: int) -> Installed:
        return Installed(await self.app(app), installation_id)

    async def close(self) -> None:
        """May be called twice."""
        for rest in self._rests.values():
            await rest.close()

    def rest(self, api_url: str) -> Rest:
        """The one way to that API."""
        if api_url not in self._rests:
            gap = self._write_gap_seconds
            self._rests[api_url] = Rest(api_url) if gap is None else Rest(api_url, gap)
        return self._rests[api_url]
