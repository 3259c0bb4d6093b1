"""A project's history: builds and deployments in one list, by the number that they share."""

from collections.abc import Mapping, Sequence
from datetime import datetime

import msgspec

from thakur.builds import Build, BuildStatus, Failure
from thakur.projects import PRODUCTION, Place, is_fork
from thakur.runtime import Deployment, DeploymentStatus

_UNDER_WAY = frozenset({DeploymentStatus.QUEUED, DeploymentStatus.STARTING, DeploymentStatus.CHECKING})
_MAY_BE_RELIEVED = frozenset({DeploymentStatus.ACTIVE, DeploymentStatus.STANDBY})
_COMES_BACK = frozenset({DeploymentStatus.STANDBY, DeploymentStatus.RETIRED})


class Chapter(msgspec.Struct, frozen=True, kw_only=True):
    """One number: a build, the deployment made from it, or a deployment without a build of its own."""

    number: int
    build: Build | None = None
    deployment: Deployment | None = None
    label: str = PRODUCTION

    @property
    def status(self) -> str:
        """The glyph: the deployment's status once there is one."""
        if self.deployment is not None:
            return self.deployment.status
        assert self.build is not None
        return DeploymentStatus.QUEUED if self.build.status is BuildStatus.SUCCEEDED else self.build.status

    @property
    def word(self) -> str:
        """The status as a person reads it in a list of both."""
        if self.deployment is not None:
            return "restarting" if self.deployment.is_restarting else self.deployment.status
        assert self.build is not None
        return "queued" if self.build.status is BuildStatus.SUCCEEDED else f"build {self.build.status}"

    @property
    def title(self) -> str:
        source = self.build.source if self.build else None
        first = ((source.message if source else None) or "").partition("\n")[0].strip()
        if first:
            return first
        if source is not None:
            return f"{source.folder or 'A folder'}"
        return "Deployed again with the env vars of then"

    @property
    def commit(self) -> str:
        return (self.build.source.commit or "") if self.build else ""

    @property
    def repository(self) -> str:
        """Where its commit is, without the scheme."""
        return self.build.source.url.partition("://")[2] if self.build else ""

    @property
    def ref(self) -> str:
        if self.build is not None:
            return self.build.source.ref
        return self.deployment.branch if self.deployment else ""

    @property
    def by(self) -> str:
        told = self.deployment or self.build
        assert told is not None
        return told.requested_by

    @property
    def at(self) -> datetime:
        told = self.build or self.deployment
        assert told is not None
        return told.created_at

    @property
    def environment(self) -> str:
        return self.deployment.environment if self.deployment else self.label

    @property
    def failure(self) -> Failure | None:
        """Why it ended, or why its last rollout did."""
        if self.deployment is not None:
            return self.deployment.failure
        return self.build.failure if self.build else None

    @property
    def seconds(self) -> float | None:
        """From being asked for to being live, once it was."""
        finished = self.deployment.finished_at if self.deployment else self.build.finished_at if self.build else None
        began = self.build.created_at if self.build else self.deployment.created_at if self.deployment else None
        if finished is None or began is None or self.is_under_way:
            return None
        # A deployment that came back was finished long after its build began: that is not how long it took.
        if self.deployment is not None and self.deployment.reason != "deploy":
            began = self.deployment.started_at or began
        return max(0.0, (finished - began).total_seconds())

    @property
    def is_under_way(self) -> bool:
        """Whether something of it still changes by itself."""
        if self.deployment is not None:
            return self.deployment.status in _UNDER_WAY or self.deployment.is_restarting
        assert self.build is not None
        return not self.build.status.has_ended or self.build.status is BuildStatus.SUCCEEDED

    @property
    def can_change(self) -> bool:
        """Whether what its page says may become untrue: what serves, or stands by, is relieved by another."""
        return self.is_under_way or (self.deployment is not None and self.deployment.status in _MAY_BE_RELIEVED)

    @property
    def is_active(self) -> bool:
        return self.deployment is not None and self.deployment.status is DeploymentStatus.ACTIVE

    @property
    def can_come_back(self) -> bool:
        return self.deployment is not None and self.deployment.status in _COMES_BACK

    @property
    def can_be_redeployed(self) -> bool:
        return self.deployment is not None and not self.is_under_way

    @property
    def can_be_promoted(self) -> bool:
        """Whether its artifact may go to production from where it is."""
        return self.can_be_redeployed and self.environment != PRODUCTION and not is_fork(self.environment)

    @property
    def can_be_canceled(self) -> bool:
        return self.is_under_way


def merged(
    builds: Sequence[Build], deployments: Sequence[Deployment], places: Mapping[int, Place] | None = None
) -> list[Chapter]:
    """One chapter a number, newest first. Of two lists of the same length only numbers that both reach are complete."""
    chapters = {
        build.number: Chapter(number=build.number, build=build, label=label_of(build, places or {})) for build in builds
    }
    for deployment in deployments:
        build = chapters[deployment.number].build if deployment.number in chapters else None
        chapters[deployment.number] = Chapter(number=deployment.number, build=build, deployment=deployment)
    return sorted(chapters.values(), key=lambda chapter: chapter.number, reverse=True)


def label_of(build: Build, places: Mapping[int, Place]) -> str:
    """The environment that it is built for, by its name."""
    return places[build.environment_id].label if build.environment_id in places else PRODUCTION
