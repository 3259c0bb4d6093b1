"""The secrets of Apps: where each opens, and all of them under a new key."""

from collections.abc import Mapping

from sqlalchemy import select

from thakur.db import Database
from thakur.installations.models import AppRow
from thakur.security import Resealed, Sealer, SecretUnreadable

SEALED = ("client_secret", "private_key", "webhook_secret", "previous_secret")


def context_of(app: int, name: str) -> tuple[str, ...]:
    """The one place at which a secret opens. The one before is the webhook secret that it was."""
    return ("github app", str(app), "webhook_secret" if name == "previous_secret" else name)


def sealed(sealer: Sealer, app: int, secrets: Mapping[str, str]) -> dict[str, bytes]:
    """The columns of these secrets."""
    return {name: sealer.seal(text.encode(), context_of(app, name)) for name, text in secrets.items()}


class ResealingOfApps:
    """Implements SealedRows: each row in a transaction of its own."""

    def __init__(self, db: Database, sealer: Sealer) -> None:
        self._db = db
        self._sealer = sealer

    async def seal_again(self) -> Resealed:
        async with self._db.session() as session:
            apps = list(await session.scalars(select(AppRow.id)))
        done = [each for app in apps for each in await self._one(app)]
        return Resealed(done.count(True), done.count(False))

    async def _one(self, app: int) -> list[bool]:
        done = []
        async with self._db.session() as session:
            row = await session.get_one(AppRow, app, with_for_update=True)
            for name in SEALED:
                kept = getattr(row, name)
                if kept is None or not self._sealer.needs_sealing_again(kept):
                    continue
                try:
                    setattr(row, name, self._sealer.seal_again(kept, context_of(app, name)))
                except SecretUnreadable:
                    done.append(False)
                else:
                    done.append(True)
        return done
