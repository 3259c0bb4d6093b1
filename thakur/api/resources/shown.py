"""Builds and deployments as the API shows them: by numbers and names, without the keys that tables know them by."""

from datetime import datetime

import msgspec

from thakur.builds import Build, BuildStatus, Failure, Plan, Source, Step
from thakur.runtime import Deployment, DeploymentStatus, Reason, RolloutFailure


class BuildShown(msgspec.Struct, frozen=True, kw_only=True):
    """A build; its log and its acts are below its number."""

    number: int
    status: BuildStatus
    attempt: int
    source: Source
    requested_by: str
    ended_by: str | None
    steps: tuple[Step, ...]
    plan: Plan | None
    failure: Failure | None
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None


class DeploymentShown(msgspec.Struct, frozen=True, kw_only=True):
    """A deployment; `has_build` says whether there is a build of the same number."""

    number: int
    environment: str
    branch: str
    status: DeploymentStatus
    reason: Reason
    is_restarting: bool
    has_build: bool
    url: str
    steps: tuple[Step, ...]
    failure: RolloutFailure | None
    requested_by: str
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None


def build_shown(build: Build) -> BuildShown:
    return BuildShown(**{name: getattr(build, name) for name in BuildShown.__struct_fields__})


def deployment_shown(deployment: Deployment) -> DeploymentShown:
    alike = set(DeploymentShown.__struct_fields__) - {"has_build"}
    return DeploymentShown(
        has_build=deployment.build_id is not None, **{name: getattr(deployment, name) for name in alike}
    )
