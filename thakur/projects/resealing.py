"""Env vars and git tokens under a new key: each row in a transaction of its own, so that a rotation may be cut off anywhere."""

from collections.abc import Callable
from typing import TypeVar

from sqlalchemy import func, inspect, select
from sqlalchemy.orm import InstrumentedAttribute

from thakur.db import Base, Database
from thakur.projects.env import context_of
from thakur.projects.interface import Scope
from thakur.projects.models import EnvironmentVariableRow, RepositoryRow
from thakur.projects.repositories import context_of_token
from thakur.security import Resealed, Sealer, SecretUnreadable

Row = TypeVar("Row", bound=Base)


class Resealing:
    """Implements SealedRows for one column; `context` is the place at which a row's secret opens."""

    def __init__(
        self,
        db: Database,
        sealer: Sealer,
        kind: type[Row],
        column: InstrumentedAttribute[bytes] | InstrumentedAttribute[bytes | None],
        context: Callable[[Row], tuple[str, ...]],
    ) -> None:
        self._db = db
        self._sealer = sealer
        self._kind = kind
        self._column = column
        self._context = context

    async def seal_again(self) -> Resealed:
        is_old = func.substr(self._column, 1, len(self._sealer.header)) != self._sealer.header
        keys = inspect(self._kind).primary_key
        async with self._db.session() as session:
            old = (await session.execute(select(*keys).where(self._column.is_not(None), is_old))).all()
        done = [await self._one(tuple(key)) for key in old]
        return Resealed(done.count(True), done.count(False))

    async def _one(self, key: tuple[object, ...]) -> bool | None:
        async with self._db.session() as session:
            row = await session.get(self._kind, key, with_for_update=True)
            sealed = getattr(row, self._column.key, None)
            if row is None or sealed is None:
                return None
            try:
                setattr(row, self._column.key, self._sealer.seal_again(sealed, self._context(row)))
            except SecretUnreadable:
                return False
            return True


def resealing_of_env(db: Database, sealer: Sealer) -> Resealing:
    """Of env vars."""
    row = EnvironmentVariableRow
    return Resealing(
        db, sealer, row, row.value, lambda found: context_of(found.project_id, Scope(found.scope), found.name)
    )


def resealing_of_tokens(db: Database, sealer: Sealer) -> Resealing:
    """Of the tokens that repositories are fetched with."""
    row = RepositoryRow
    return Resealing(db, sealer, row, row.token, lambda found: context_of_token(found.project_id, found.url))
