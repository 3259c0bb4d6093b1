"""The trail of what was done: one row an event, written in the transaction of what it tells of. No secret goes in."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from thakur.accounts.models import AuditRow
from thakur.accounts.principal import Action, Principal
from thakur.accounts.structs import AuditEvent

SUBJECT_CHARACTERS = 200
# A page of the API, and one more that tells of the next.
LONGEST_LIST = 501


def note(session: AsyncSession, principal: Principal, action: str, subject: str, team_id: int | None = None) -> None:
    """Add the event to the transaction; without a team it belongs to the one that they act in."""
    session.add(
        AuditRow(
            team_id=team_id or principal.team_id or None,
            user_id=principal.user_id,
            actor=principal.actor,
            action=action,
            subject=subject[:SUBJECT_CHARACTERS],
            address=principal.address,
        )
    )


async def noted(session: AsyncSession, principal: Principal, before: int | None, limit: int) -> list[AuditEvent]:
    """What was done in the teams whose audit log the principal may read, newest first. Raises ActionForbidden."""
    team_ids = [team_id for team_id in principal.team_ids if principal.may(Action.READ_AUDIT, team_id)]
    if not team_ids:
        principal.require(Action.READ_AUDIT, principal.team_id)
    query = select(AuditRow).where(AuditRow.team_id.in_(team_ids))
    if before is not None:
        query = query.where(AuditRow.id < before)
    rows = await session.scalars(query.order_by(AuditRow.id.desc()).limit(max(1, min(limit, LONGEST_LIST))))
    return [
        AuditEvent(id=row.id, at=row.at, actor=row.actor, action=row.action, subject=row.subject, address=row.address)
        for row in rows
    ]
