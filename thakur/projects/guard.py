"""The one guard of a project and of everything that belongs to it."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from thakur.accounts import Action, Principal
from thakur.projects.interface import ProjectNotFound, ProjectStatus
from thakur.projects.models import ProjectRow


async def guard_project(
    session: AsyncSession, principal: Principal, project_id: int, action: Action, *, holds: bool = False
) -> None:
    """Return when the principal may do that with the project; with `holds` nobody else holds it until the end.

    Raises ProjectNotFound, also for a foreign team's, and ActionForbidden.
    """
    query = select(ProjectRow.team_id).where(
        ProjectRow.id == project_id,
        ProjectRow.team_id.in_(principal.team_ids),
        ProjectRow.status == ProjectStatus.ACTIVE,
    )
    team_id = await session.scalar(query.with_for_update(key_share=True) if holds else query)
    if team_id is None:
        raise project_not_found(project_id)
    principal.require(action, team_id)


def project_not_found(project: str | int) -> ProjectNotFound:
    """What a foreign project and one that never was have in common."""
    return ProjectNotFound(f"There is no project {project}", hint="thakur projects lists yours.")
