"""In whose name GitHub's events are acted on, and which branch they are about."""

from collections.abc import Mapping

from thakur.accounts import Principal, Role
from thakur.installations import Connection, Track
from thakur.projects import Repository


def acting(team_id: int, pushed_by: str = "") -> Principal:
    """Who does what GitHub has set going: a member of the App's team, by the name of whoever pushed."""
    who = f"{pushed_by} (GitHub)" if pushed_by else "GitHub"
    return Principal(actor=who, team_id=team_id, roles={team_id: Role.MEMBER})


def branch_of(track: Track, repositories: Mapping[int, Repository]) -> str | None:
    """The branch that is built there, or None when the project builds from elsewhere now."""
    production = production_of(track.connection, repositories)
    return production if track.is_production or production is None else track.branch


def production_of(connection: Connection, repositories: Mapping[int, Repository]) -> str | None:
    """Production's branch, or None when the project builds from elsewhere now."""
    kept = repositories.get(connection.project_id)
    return None if kept is None or kept.url != connection.url else kept.branch
