"""From rows to what leaves this room."""

from typing import Any

import msgspec

from thakur.builds import Plan, Step
from thakur.projects import Overrides
from thakur.runtime.interface import Deployment, RolloutFailure
from thakur.runtime.models import DeploymentRow
from thakur.runtime.statuses import DeploymentStatus, Reason


def deployment_of(row: DeploymentRow, url: str, environment: str) -> Deployment:
    """The deployment that the row tells of."""
    return Deployment(
        id=row.id,
        project_id=row.project_id,
        environment_id=row.environment_id,
        environment=environment,
        number=row.number,
        status=DeploymentStatus(row.status),
        reason=Reason(row.reason),
        is_restarting=row.restart_requested_at is not None,
        artifact_id=row.artifact_id,
        build_id=row.build_id,
        log_stream_id=row.log_stream_id,
        url=url,
        branch=row.branch,
        plan=None if row.plan is None else msgspec.convert(row.plan, Plan),
        settings=msgspec.convert(row.settings, Overrides),
        steps=tuple(msgspec.convert(row.steps, list[Step])),
        failure=None if row.failure is None else msgspec.convert(row.failure, RolloutFailure),
        requested_by=row.requested_by,
        created_at=row.created_at,
        started_at=row.started_at,
        finished_at=row.finished_at,
    )


def plain(value: object) -> Any:
    """Structs as JSON columns keep them. PostgreSQL's JSON holds no NUL, and no half of a surrogate pair."""
    return _clean(msgspec.to_builtins(value))


def _clean(value: object) -> object:
    if isinstance(value, dict):
        return {name: _clean(item) for name, item in value.items()}
    if isinstance(value, list):
        return [_clean(item) for item in value]
    if isinstance(value, str):
        return value.encode(errors="replace").decode().replace("\0", "\ufffd")
    return value
