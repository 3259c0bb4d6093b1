"""Idempotency keys, as rows: what was asked under a key, and what was answered."""

from datetime import timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    ScalarSelect,
    Select,
    and_,
    delete,
    func,
    literal_column,
    or_,
    select,
    table,
    update,
)
from sqlalchemy.dialects.postgresql import insert

from thakur.accounts.models import IdempotencyKeyRow
from thakur.accounts.principal import Principal
from thakur.accounts.refusals import RequestUnderWay, key_taken
from thakur.accounts.secrets import hash_of
from thakur.accounts.structs import KEPT_ANSWER, Answer, AnswerKept
from thakur.db import Database

# Longer than any request takes: what is older was left by a process that is gone.
LONGEST_REQUEST = timedelta(hours=1)


class LocalIdempotencyKeys:
    """Implements IdempotencyKeys on the database. Each claim sweeps what has expired."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def claim(self, principal: Principal, key: str, target: bytes) -> AnswerKept | None:
        row, hashed = IdempotencyKeyRow, _hash(principal, key)
        async with self._db.session() as session:
            await session.execute(delete(row).where(_has_expired()))
            claimed = insert(row).values(hash=hashed, target=target).on_conflict_do_nothing().returning(row.hash)
            if await session.scalar(claimed) is not None:
                return None
            found = await session.scalar(select(row).where(row.hash == hashed))
            if found is not None and found.target != target:
                raise key_taken()
            if found is None or found.status is None:
                raise RequestUnderWay(
                    "The same request is still being worked on", hint="Ask again with the same key in a moment."
                )
            answer = Answer(status=found.status, media_type=found.media_type, body=found.body)
            return AnswerKept(body_digest=found.body_digest, answer=answer)

    async def keep(self, principal: Principal, key: str, kept: AnswerKept) -> None:
        values: dict[str, Any] = {
            "body_digest": kept.body_digest,
            "status": kept.answer.status,
            "media_type": kept.answer.media_type,
            "body": kept.answer.body,
            "project_id": _still_there(kept.project_id),
        }
        async with self._db.session() as session:
            await session.execute(update(IdempotencyKeyRow).where(_under_way(principal, key)).values(**values))

    async def free(self, principal: Principal, key: str) -> None:
        async with self._db.session() as session:
            await session.execute(delete(IdempotencyKeyRow).where(_under_way(principal, key)))


def _still_there(project_id: int | None) -> ScalarSelect[Any] | None:
    if project_id is None:
        return None
    # Held, so that it does not go between this look and the row that names it.
    there: Select[Any] = (
        select(literal_column("id")).select_from(table("projects")).where(literal_column("id") == project_id)
    )
    return there.with_for_update(key_share=True).scalar_subquery()


def _hash(principal: Principal, key: str) -> bytes:
    return hash_of(f"{principal.user_id}\0{principal.actor}\0{principal.team_id}\0{key}")


def _under_way(principal: Principal, key: str) -> ColumnElement[bool]:
    return and_(IdempotencyKeyRow.hash == _hash(principal, key), IdempotencyKeyRow.status.is_(None))


def _has_expired() -> ColumnElement[bool]:
    row = IdempotencyKeyRow
    return or_(
        row.created_at < func.now() - KEPT_ANSWER,
        and_(row.status.is_(None), row.created_at < func.now() - LONGEST_REQUEST),
    )
