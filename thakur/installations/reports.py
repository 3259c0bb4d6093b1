"""Reports, as rows: what GitHub is to know of each deployment. The last state wins over those that were not sent yet."""

from collections.abc import Collection
from datetime import timedelta

from sqlalchemy import or_, select, update
from sqlalchemy.dialects.postgresql import insert

from thakur.db import Callback, Database
from thakur.github import DeploymentState
from thakur.installations.interface import Connection, Report
from thakur.installations.models import ReportRow
from thakur.installations.tracks import NOW

LIVING: tuple[DeploymentState, ...] = ("queued", "in_progress", "success")
LEASE = timedelta(seconds=60)
LONGEST_WAIT = timedelta(minutes=10)
# After a day of failures nobody looks at the commit any more.
FAILURES = 150

Row = ReportRow


class LocalReports:
    """Implements Reports on the database. `wake` is called when there is something to send."""

    def __init__(self, db: Database, wake: Callback) -> None:
        self._db = db
        self._wake = wake

    async def open(self, connection: Connection, report: Report) -> None:
        values = {name: getattr(report, name) for name in Report.__struct_fields__} | {
            "app_id": connection.app,
            "installation_id": connection.installation_id,
            "repository_id": connection.repository_id,
        }
        async with self._db.session() as session:
            await session.execute(insert(Row).values(values).on_conflict_do_nothing())
            self._db.after_commit(session, self._wake)

    async def living(self) -> list[Report]:
        async with self._db.session() as session:
            rows = await session.scalars(select(Row).where(Row.state.in_(LIVING)).order_by(Row.id))
            return [_report(row) for row in rows]

    async def of(self, project_id: int, numbers: Collection[int]) -> list[Report]:
        async with self._db.session() as session:
            rows = await session.scalars(select(Row).where(Row.project_id == project_id, Row.number.in_(numbers)))
            return [_report(row) for row in rows]

    async def tell(self, report: Report, state: DeploymentState, description: str, environment_url: str = "") -> bool:
        told = {"state": state, "description": description, "environment_url": environment_url}
        is_other = or_(Row.state != state, Row.description != description)
        async with self._db.session() as session:
            changed = await session.scalar(
                update(Row)
                .where(Row.project_id == report.project_id, Row.number == report.number, is_other)
                .values(version=Row.version + 1, next_at=NOW, failures=0, **told)
                .returning(Row.id)
            )
            if changed is not None:
                self._db.after_commit(session, self._wake)
        return changed is not None

    async def claim(self) -> ReportRow | None:
        """The next one to send; nobody else is given it for a minute."""
        is_free = or_(Row.lease_until.is_(None), Row.lease_until < NOW)
        due = select(Row.id).where(Row.sent_version < Row.version, Row.next_at <= NOW, is_free)
        due = due.order_by(Row.next_at).limit(1).with_for_update(skip_locked=True)
        async with self._db.session() as session:
            found: ReportRow | None = await session.scalar(
                update(Row).where(Row.id == due.scalar_subquery()).values(lease_until=NOW + LEASE).returning(Row)
            )
            return found

    async def made(self, row: ReportRow, deployment_id: int) -> None:
        """GitHub has a deployment for it."""
        await self._update(row, deployment_id=deployment_id)

    async def sent(self, row: ReportRow) -> None:
        """What it said when it was claimed has arrived."""
        await self._update(row, sent_version=row.version, lease_until=None, failures=0)

    async def failed(self, row: ReportRow, retry_seconds: float) -> None:
        """Try again later, and less often each time."""
        wait = min(timedelta(seconds=max(retry_seconds, 2.0**row.failures)), LONGEST_WAIT)
        if row.failures + 1 >= FAILURES:
            await self.sent(row)
        else:
            await self._update(row, next_at=NOW + wait, lease_until=None, failures=row.failures + 1)

    async def _update(self, row: ReportRow, **values: object) -> None:
        async with self._db.session() as session:
            await session.execute(update(Row).where(Row.id == row.id).values(**values))


def _report(row: ReportRow) -> Report:
    return Report(**{name: getattr(row, name) for name in Report.__struct_fields__})
