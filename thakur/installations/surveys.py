"""Surveys, as rows."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import msgspec
from sqlalchemy import func, or_, select, update

from thakur.accounts import Action, Principal
from thakur.db import Callback, Database
from thakur.installations.connections import connection_of
from thakur.installations.filters import NotFollowing
from thakur.installations.interface import Guard
from thakur.installations.models import AppRow, ConnectionRow
from thakur.installations.rules import PreviewRules, changed_rules, rules_of
from thakur.installations.survey import Survey

NOW = func.clock_timestamp()
LEASE = timedelta(seconds=60)
EVERY = timedelta(hours=1)

Row = ConnectionRow


class LocalSurveys:
    """Implements Surveys on the database. `wake` is called when there is one to make."""

    def __init__(self, db: Database, guard: Guard, wake: Callback) -> None:
        self._db = db
        self._guard = guard
        self._wake = wake

    async def rules(self, project_id: int) -> PreviewRules:
        async with self._db.session() as session:
            kept = await session.scalar(select(Row.previews).where(Row.project_id == project_id))
        if kept is None:
            raise _not_following()
        return rules_of(kept)

    async def change_rules(self, principal: Principal, project_id: int, changes: Mapping[str, Any]) -> PreviewRules:
        await self._guard.authorize(principal, project_id, Action.CONFIGURE)
        async with self._db.session() as session:
            row = await session.get(Row, project_id, with_for_update=True)
            if row is None:
                raise _not_following()
            rules = changed_rules(rules_of(row.previews), changes)
            row.previews = msgspec.to_builtins(rules)
            await session.flush()
            await session.execute(update(Row).where(Row.project_id == project_id).values(survey_at=NOW))
            self._db.after_commit(session, self._wake)
        return rules

    async def trouble(self, project_id: int) -> str:
        async with self._db.session() as session:
            return await session.scalar(select(Row.survey_trouble).where(Row.project_id == project_id)) or ""

    async def soon(self, project_id: int | None = None) -> None:
        which = Row.project_id.is_not(None) if project_id is None else Row.project_id == project_id
        async with self._db.session() as session:
            await session.execute(update(Row).where(which).values(survey_at=NOW))
            self._db.after_commit(session, self._wake)

    async def claim(self) -> Survey | None:
        is_free = or_(Row.survey_lease.is_(None), Row.survey_lease < NOW)
        due = select(Row.project_id).where(Row.survey_at <= NOW, is_free).order_by(Row.survey_at).limit(1)
        # A look that is asked for while this one goes on moves the time, and so is not lost.
        claimed = (
            update(Row)
            .where(Row.project_id == due.with_for_update(skip_locked=True).scalar_subquery())
            .values(survey_lease=NOW + LEASE, survey_at=NOW + EVERY)
            .returning(Row)
        )
        async with self._db.session() as session:
            row = await session.scalar(claimed)
            if row is None:
                return None
            team_id = await session.scalar(select(AppRow.team_id).where(AppRow.id == row.app_id))
            return Survey(connection=connection_of(row, team_id or 0), left_alone=row.left_alone)

    async def done(
        self, survey: Survey, left_alone: dict[str, str] | None, again: timedelta | None = None, trouble: str = ""
    ) -> None:
        values: dict[str, Any] = {"survey_lease": None, "left_alone": left_alone, "survey_trouble": trouble}
        if again is not None:
            values["survey_at"] = func.least(Row.survey_at, NOW + again)
        connection = survey.connection
        is_it = (Row.project_id == connection.project_id, Row.repository_id == connection.repository_id)
        async with self._db.session() as session:
            await session.execute(update(Row).where(*is_it).values(values))


def _not_following() -> NotFollowing:
    return NotFollowing(
        "This project follows no repository on GitHub",
        hint="Follow one first: thakur projects create NAME --github OWNER/REPO.",
    )
