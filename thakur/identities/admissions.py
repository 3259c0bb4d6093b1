"""Admissions, as rows: whom the list of a team let in, and whom it therefore puts out when it does no more."""

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import delete, func, select, update
from sqlalchemy.dialects.postgresql import insert

from thakur.accounts import Role, Visitor, Vouching
from thakur.db import Database
from thakur.identities.models import AdmissionRow, IdentityRow

NOW = func.clock_timestamp()
CHECK_EVERY = timedelta(hours=1)

Row = AdmissionRow
# For what happens while nobody is there.
NOBODY = Visitor(address="")


class Admissions:
    """`has_joined` is false while somebody is on their way in or out, so that a crash leaves neither door open nor shut."""

    def __init__(self, db: Database, vouching: Vouching) -> None:
        self._db = db
        self._vouching = vouching

    async def settle(self, identity: IdentityRow, team_id: int, role: Role | None, visitor: Visitor = NOBODY) -> bool:
        """Let the user in or put them out, by what the list says of them now; whether they are in the team."""
        user_id = identity.user_id
        is_in = team_id in await self._vouching.team_ids(user_id)
        row = await self._row(team_id, user_id)
        if row is None and is_in:
            # Somebody of the team let them in, and the list has no say.
            return True
        if row is not None and row.has_joined and not is_in:
            # An admin put them out, who has the last word.
            return False
        if role is not None and row is not None and row.has_joined:
            await self._follow(identity, row, role)
            return True
        if role is not None:
            await self._let_in(identity, team_id, role, visitor)
            return True
        return row is not None and is_in and not await self._put_out(identity, team_id)

    async def claim(self, most: int) -> Sequence[AdmissionRow]:
        """Those to look at now; nobody else is given them for an hour."""
        due = select(Row.team_id, Row.user_id).where(Row.check_at <= NOW).order_by(Row.check_at).limit(most)
        taken = due.with_for_update(skip_locked=True).cte("due")
        is_it = (Row.team_id == taken.c.team_id, Row.user_id == taken.c.user_id)
        async with self._db.session() as session:
            claimed = update(Row).where(*is_it).values(check_at=NOW + CHECK_EVERY).returning(Row)
            return (await session.scalars(claimed)).all()

    async def look_soon(self, team_id: int) -> None:
        """The team's list has changed."""
        async with self._db.session() as session:
            await session.execute(update(Row).where(Row.team_id == team_id).values(check_at=NOW))

    async def look_again(self, row: AdmissionRow, after: timedelta) -> None:
        """GitHub could not be asked."""
        await self._change(row.team_id, row.user_id, check_at=NOW + after)

    async def _let_in(self, identity: IdentityRow, team_id: int, role: Role, visitor: Visitor) -> None:
        values = {"identity_id": identity.id, "role": role, "check_at": NOW + CHECK_EVERY}
        made = insert(Row).values(team_id=team_id, user_id=identity.user_id, **values)
        async with self._db.session() as session:
            await session.execute(made.on_conflict_do_update(index_elements=[Row.team_id, Row.user_id], set_=values))
        await self._vouching.join(
            identity.user_id, team_id, role, f"as {identity.login} of {identity.web_url}", visitor
        )
        await self._change(team_id, identity.user_id, has_joined=True)

    async def _follow(self, identity: IdentityRow, row: AdmissionRow, role: Role) -> None:
        # Who was made more or less by somebody here is what they were made.
        given, because = Role(row.role), f"as the list has {identity.login} of {identity.web_url} now"
        is_changed = role is not given and await self._vouching.change_role(
            row.user_id, row.team_id, given, role, because
        )
        now = {"role": role} if is_changed else {}
        await self._change(row.team_id, row.user_id, check_at=NOW + CHECK_EVERY, identity_id=identity.id, **now)

    async def _put_out(self, identity: IdentityRow, team_id: int) -> bool:
        user_id = identity.user_id
        await self._change(team_id, user_id, has_joined=False)
        because = f"the list of who may sign in has {identity.login} of {identity.web_url} no more"
        is_out = await self._vouching.leave(user_id, team_id, because)
        async with self._db.session() as session:
            await session.execute(delete(Row).where(Row.team_id == team_id, Row.user_id == user_id))
        return is_out

    async def _row(self, team_id: int, user_id: int) -> AdmissionRow | None:
        async with self._db.session() as session:
            return await session.get(Row, (team_id, user_id))

    async def _change(self, team_id: int, user_id: int, **values: object) -> None:
        async with self._db.session() as session:
            await session.execute(update(Row).where(Row.team_id == team_id, Row.user_id == user_id).values(**values))
