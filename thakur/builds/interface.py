"""Builds: a source becomes an artifact, by a plan, in steps that a person can follow."""

from collections.abc import AsyncIterator, Collection
from datetime import datetime
from typing import Protocol

import msgspec

from thakur.accounts import Principal
from thakur.builds.asked import GitSource, Source, Upload
from thakur.builds.plan import Plan
from thakur.builds.statuses import BuildStatus
from thakur.diagnosis import Failure as Failure  # noqa: PLC0414  (it is part of this room's words)
from thakur.errors import Conflict, Invalid, NotFound, ThakurError, TooLarge, Unavailable
from thakur.projects import PRODUCTION, Overrides
from thakur.seam import idempotent

UPLOAD_BYTES = 500 * 1024 * 1024
UNPACKED_BYTES = 2 * 1024 * 1024 * 1024
UNPACKED_ENTRIES = 200_000


class Step(msgspec.Struct, frozen=True, omit_defaults=True):
    """One part of a build or a rollout and how long it took. One that runs has no seconds yet, but began at some time."""

    name: str
    seconds: float | None = None
    began_at: datetime | None = None


class Artifact(msgspec.Struct, frozen=True, kw_only=True):
    """The immutable result of a build: `digest` names the directory's content, files, modes and links.

    `size_bytes` counts the compressed forms beside it too. One that is not kept any more is only told of: its files are gone.
    """

    id: int
    project_id: int
    digest: str
    size_bytes: int
    files: int
    plan: Plan
    is_kept: bool = True
    created_at: datetime


class Build(msgspec.Struct, frozen=True, kw_only=True):
    """One attempt to turn a source into an artifact. `number` is the project's own and what people see.

    `ended_by` is who canceled it, or the number of the build that took its place.
    """

    id: int
    project_id: int
    environment_id: int
    number: int
    status: BuildStatus
    attempt: int
    source: Source
    requested_by: str
    ended_by: str | None = None
    log_stream_id: int
    steps: tuple[Step, ...] = ()
    plan: Plan | None = None
    artifact_id: int | None = None
    failure: Failure | None = None
    created_at: datetime
    started_at: datetime | None = None
    finished_at: datetime | None = None


class BuildsSought(msgspec.Struct, frozen=True, kw_only=True):
    """Which builds of a project are meant: those that fit all that is given. `branch` is the ref; `*` there is any characters."""

    environment_ids: tuple[int, ...] | None = None
    status: BuildStatus | None = None
    branch: str = ""
    numbers: tuple[int, ...] | None = None


class BuildNotFound(NotFound):
    """The project has no build of that number."""

    code = "build_not_found"


class ArtifactNotFound(NotFound):
    """The store has no artifact of that digest for the project."""

    code = "artifact_not_found"


class UploadTooLarge(TooLarge):
    """More than 500 MB were sent, or the folder unpacks to more than 2 GB or 200,000 entries."""

    code = "upload_too_large"


class UploadInvalid(Invalid):
    """What was sent is no tar.zst, or holds an entry that is refused (a device, a name or a link that leaves it)."""

    code = "upload_invalid"


class DiskNearlyFull(Unavailable):
    """New builds are refused until space is freed; what runs is untouched."""

    code = "disk_nearly_full"


class BuildEnded(Conflict):
    """The build cannot be canceled: it has ended, as `ended_as` says."""

    code = "build_ended"

    def __init__(self, number: int, ended_as: BuildStatus) -> None:
        super().__init__(f"Build #{number} has ended already: it {_ENDINGS[ended_as]}")
        self.number = number
        self.ended_as = ended_as


_ENDINGS = {
    BuildStatus.SUCCEEDED: "succeeded",
    BuildStatus.FAILED: "failed",
    BuildStatus.CANCELED: "was canceled",
    BuildStatus.SUPERSEDED: "gave way to a newer one",
}


class BuildsRunning(Conflict):
    """A build of the project is being ended; its files can go in a moment."""

    code = "builds_running"


class BunMissing(Unavailable):
    """No bun is installed, or the one that came with the package is not the official one."""

    code = "bun_missing"


class BuildFailed(ThakurError):
    """A build ends here; `failure` says why, for a person."""

    code = "build_failed"
    status = 422

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.what, hint=failure.next)
        self.failure = failure


class Toolchain(msgspec.Struct, frozen=True, kw_only=True):
    """The programs that build and run applications: `bun`, and `node` where this host has one.

    `versions` are theirs by name, `stand_in` is the version of node that bun behaves like. `binds` is what a build's
    sandbox must show (source, target), `path` what its PATH begins with.
    """

    bun: str
    node: str | None = None
    versions: dict[str, str] = {}
    stand_in: str = ""
    binds: tuple[tuple[str, str], ...]
    path: tuple[str, ...]


class ArtifactReady(msgspec.Struct, frozen=True, kw_only=True):
    """The news that a build succeeded."""

    project_id: int
    environment_id: int
    number: int
    build_id: int
    artifact_id: int
    log_stream_id: int
    branch: str = ""
    requested_by: str


class ArtifactNeeds(Protocol):
    """Who knows which artifacts may still be run."""

    async def needed(self) -> Collection[int]:
        """Their ids as of this moment; asked again before each one that goes."""


class ArtifactConsumer(Protocol):
    """Implemented above: what becomes of an artifact."""

    async def artifact_ready(self, ready: ArtifactReady) -> None:
        """Take note of it. May be called twice for one build; the second call changes nothing."""


@idempotent
class ArtifactStore(Protocol):
    """Where artifacts lie."""

    async def directory(self, project_id: int, digest: str) -> str:
        """The absolute path of the artifact's directory on this host. Nobody may write there. Raises ArtifactNotFound."""


class LooksTaken(Unavailable):
    """As many repositories are being looked at as this host does at once."""

    code = "looks_taken"


class Planned(msgspec.Struct, frozen=True, kw_only=True):
    """What a repository would become: the commit that was looked at, and the plan that follows from it."""

    source: Source
    plan: Plan


class Plans(Protocol):
    """Looking at repositories before there is a project for them."""

    async def look(self, principal: Principal, asked: GitSource, token: str, settings: Overrides) -> Planned:
        """Fetch the commit in a sandbox and detect what it is, without running anything of it; nothing is kept.

        Raises GitRefused, FetchFailed, BuildFailed, LooksTaken, and Forbidden to who may not create projects.
        """


class Builds(Protocol):
    """Asking for builds and looking at them. A change raises what projects.authorize does when it is not the asker's."""

    async def request(
        self,
        principal: Principal,
        project_id: int,
        upload: Upload,
        body: AsyncIterator[bytes],
    ) -> Build:
        """Store the upload (a tar.zst) and queue a build of production, in place of those that wait or run there.

        Raises UploadTooLarge, UploadInvalid, DiskNearlyFull. When the body breaks off, nothing is kept.
        """

    async def request_git(
        self, principal: Principal, project_id: int, asked: GitSource, environment: str = PRODUCTION
    ) -> Build:
        """Queue a build of that environment from a repository; its ref is resolved when the build begins.

        Raises RepositoryMissing, GitRefused, DiskNearlyFull.
        """

    async def cancel(self, principal: Principal, project_id: int, number: int) -> Build:
        """End a build that waits or runs; its processes are gone within two seconds. Raises BuildNotFound, BuildEnded."""

    async def get(self, principal: Principal, project_id: int, number: int) -> Build:
        """Raises BuildNotFound."""

    async def list(
        self,
        principal: Principal,
        project_id: int,
        limit: int = 50,
        before: int | None = None,
        sought: BuildsSought | None = None,
    ) -> list[Build]:
        """The newest builds of those sought, numbers below `before` if given."""

    async def newest(self, principal: Principal, environment_ids: Collection[int]) -> dict[int, Build]:
        """Each environment's newest build, by environment id. One query."""

    async def artifact(self, project_id: int, artifact_id: int) -> Artifact:
        """Raises ArtifactNotFound."""

    async def artifact_bytes(self, project_ids: Collection[int]) -> dict[int, int]:
        """The size of the artifacts that are kept, by project id; a file that several share counts in each."""

    async def keep_artifacts(self, needs: ArtifactNeeds) -> int:
        """Remove the files of every artifact that nobody needs, but of no project that is just being built.

        Returns how many artifacts went. May be called twice.
        """
