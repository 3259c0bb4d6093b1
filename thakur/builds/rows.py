"""From rows to what leaves this room."""

from typing import Any

import msgspec

from thakur.builds.asked import Source
from thakur.builds.interface import Artifact, Build, Failure, Step
from thakur.builds.models import ArtifactRow, BuildRow
from thakur.builds.plan import Plan
from thakur.builds.statuses import BuildStatus


def build_of(row: BuildRow) -> Build:
    """The build that the row tells of."""
    return Build(
        id=row.id,
        project_id=row.project_id,
        environment_id=row.environment_id,
        number=row.number,
        status=BuildStatus(row.status),
        attempt=row.attempt,
        source=msgspec.convert(row.source, Source),
        requested_by=row.requested_by,
        ended_by=row.ended_by,
        log_stream_id=row.log_stream_id,
        steps=tuple(msgspec.convert(row.steps, list[Step])),
        plan=None if row.plan is None else msgspec.convert(row.plan, Plan),
        artifact_id=row.artifact_id,
        failure=None if row.failure is None else msgspec.convert(row.failure, Failure),
        created_at=row.created_at,
        started_at=row.started_at,
        finished_at=row.finished_at,
    )


def artifact_of(row: ArtifactRow) -> Artifact:
    """The artifact that the row tells of."""
    return Artifact(
        id=row.id,
        project_id=row.project_id,
        digest=row.digest,
        size_bytes=row.size_bytes,
        files=row.files,
        plan=msgspec.convert(row.plan, Plan),
        is_kept=row.removed_at is None,
        created_at=row.created_at,
    )


def plain(value: object) -> Any:
    """A struct, or several, as JSON columns keep them. PostgreSQL's JSON holds no NUL, and no half of a surrogate pair."""
    return msgspec.to_builtins(_clean(value))


def _clean(value: object) -> object:
    if isinstance(value, msgspec.Struct):
        return {name: _clean(getattr(value, name)) for name in value.__struct_fields__}
    if isinstance(value, list | tuple):
        return [_clean(item) for item in value]
    if isinstance(value, str):
        return value.encode(errors="replace").decode().replace("\0", "\ufffd")
    return value
