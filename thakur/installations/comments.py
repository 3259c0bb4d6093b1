"""Comments on pull requests, as rows: the last words win over those that were not sent yet."""

from collections.abc import Collection
from datetime import timedelta

from sqlalchemy import func, or_, select, update
from sqlalchemy.dialects.postgresql import insert

from thakur.db import Callback, Database
from thakur.installations.comment import Comment
from thakur.installations.interface import Connection
from thakur.installations.models import CommentRow

NOW = func.clock_timestamp()
LEASE = timedelta(seconds=60)
LONGEST_WAIT = timedelta(minutes=10)
FAILURES = 150

Row = CommentRow


class LocalComments:
    """Implements Comments on the database. `wake` is called when there is something to send."""

    def __init__(self, db: Database, wake: Callback) -> None:
        self._db = db
        self._wake = wake

    async def note(self, connection: Connection, pull_request: int, branch: str, *, is_open: bool) -> None:
        values = {
            "app_id": connection.app,
            "installation_id": connection.installation_id,
            "repository_id": connection.repository_id,
            "branch": branch,
            "is_open": is_open,
        }
        made = insert(Row).values(project_id=connection.project_id, pull_request=pull_request, **values)
        keys = [Row.project_id, Row.pull_request]
        async with self._db.session() as session:
            if is_open:
                await session.execute(made.on_conflict_do_update(index_elements=keys, set_=values))
            else:
                # Of one that was closed before anybody heard of it there is nothing to say.
                is_it = (Row.project_id == connection.project_id, Row.pull_request == pull_request)
                await session.execute(update(Row).where(*is_it).values(is_open=False))

    async def every(self, project_ids: Collection[int] | None = None) -> list[Comment]:
        # A closed one is told so once; what it was told then is what it says.
        query = select(Row).where(or_(Row.is_open, Row.version > 0)).order_by(Row.project_id, Row.pull_request)
        query = query.where(or_(Row.is_open, Row.closed_version.is_distinct_from(Row.version)))
        if project_ids is not None:
            query = query.where(Row.project_id.in_(project_ids))
        async with self._db.session() as session:
            return [_comment(row) for row in await session.scalars(query)]

    async def tell(self, comment: Comment, body: str) -> bool:
        is_it = (Row.project_id == comment.project_id, Row.pull_request == comment.pull_request, Row.body != body)
        closed_version = None if comment.is_open else Row.version + 1
        async with self._db.session() as session:
            changed = await session.scalar(
                update(Row)
                .where(*is_it)
                .values(body=body, version=Row.version + 1, closed_version=closed_version, next_at=NOW, failures=0)
                .returning(Row.pull_request)
            )
            if changed is not None:
                self._db.after_commit(session, self._wake)
        return changed is not None

    async def claim(self) -> CommentRow | None:
        """The next one to send; nobody else is given it for a minute."""
        is_free = or_(Row.lease_until.is_(None), Row.lease_until < NOW)
        due = select(Row.project_id, Row.pull_request).where(
            Row.sent_version < Row.version, Row.next_at <= NOW, is_free
        )
        due = due.order_by(Row.next_at).limit(1).with_for_update(skip_locked=True)
        async with self._db.session() as session:
            found = (await session.execute(due)).one_or_none()
            if found is None:
                return None
            is_it = (Row.project_id == found.project_id, Row.pull_request == found.pull_request)
            row: CommentRow | None = await session.scalar(
                update(Row).where(*is_it).values(lease_until=NOW + LEASE).returning(Row)
            )
            return row

    async def made(self, row: CommentRow, comment_id: int, *, is_remade: bool) -> None:
        """GitHub has it by that id."""
        await self._update(row, comment_id=comment_id, is_remade=is_remade)

    async def sent(self, row: CommentRow) -> None:
        """What it said when it was claimed has arrived, or never will."""
        await self._update(row, sent_version=row.version, lease_until=None, failures=0)

    async def failed(self, row: CommentRow, retry_seconds: float) -> None:
        """Try again later, and less often each time."""
        if row.failures + 1 >= FAILURES:
            await self.sent(row)
            return
        wait = min(timedelta(seconds=max(retry_seconds, 2.0**row.failures)), LONGEST_WAIT)
        await self._update(row, next_at=NOW + wait, lease_until=None, failures=row.failures + 1)

    async def _update(self, row: CommentRow, **values: object) -> None:
        is_it = (Row.project_id == row.project_id, Row.pull_request == row.pull_request)
        async with self._db.session() as session:
            await session.execute(update(Row).where(*is_it).values(**values))


def _comment(row: CommentRow) -> Comment:
    return Comment(**{name: getattr(row, name) for name in Comment.__struct_fields__})
