"""A place to build in: a data directory with uploads, workspaces, artifacts, a real sandbox and a real bun."""

import os
from collections.abc import AsyncIterator, Collection, Mapping
from datetime import UTC, datetime
from pathlib import Path

from support.env_vars import FixedEnv
from support.recorded_logs import RecordingLogs
from support.uids import ours
from thakur.builds import UNPACKED_BYTES, UNPACKED_ENTRIES, Build, BuildStatus, Source
from thakur.builds.attempts.attempt import Attempt, Outcome
from thakur.builds.packing.artifacts import LocalArtifacts
from thakur.builds.packing.reuse import Reuse
from thakur.builds.pipeline import Pipeline
from thakur.builds.sources.arrivals import Arrivals
from thakur.builds.sources.credentials import Credentials
from thakur.builds.sources.uploads import Uploads
from thakur.builds.steps.command import Steps
from thakur.builds.tools.toolchain import find_toolchain
from thakur.builds.workspaces.directories import Workspaces
from thakur.db import Database
from thakur.git import GitRules
from thakur.git.local import Borders, LocalGit
from thakur.logs import Logs
from thakur.projects import Overrides, Repository
from thakur.sandbox import LocalSandbox, Sandbox, root_name

TENANT_BASE = ours(640_000)


async def body_of(data: bytes, chunk_bytes: int = 65_536) -> AsyncIterator[bytes]:
    """The data as a request's body brings it."""
    for start in range(0, len(data), chunk_bytes):
        yield data[start : start + chunk_bytes]


class NoRepositories:
    """Implements what builds ask of Repositories: no project has one, and some URLs have a token."""

    def __init__(self) -> None:
        self.tokens: dict[str, str] = {}

    async def of(self, project_ids: Collection[int]) -> dict[int, Repository]:
        return {}

    async def token(self, project_id: int, url: str) -> str:
        return self.tokens.get(url, "")


class NothingLent:
    """Implements Lender: of URLs that are told to be lent there is one token after the other."""

    def __init__(self) -> None:
        self.tokens: dict[str, list[str]] = {}
        self.given_back: list[str] = []

    async def lend(self, project_id: int, url: str) -> str:
        waiting = self.tokens.get(url, [])
        return waiting.pop(0) if waiting else ""

    async def renew(self, project_id: int, url: str, token: str) -> str:
        await self.give_back(token)
        return await self.lend(project_id, url)

    async def give_back(self, token: str) -> None:
        self.given_back.append(token)


class NothingReused:
    """Implements Reuse for those that have no database."""

    def inputs_digest(self, build: Build, env: Mapping[str, str], settings: Overrides) -> str:
        return ""

    def circumstances(self, env: Mapping[str, str]) -> str:
        return ""

    async def find(self, build: Build, inputs_digest: str) -> None:
        return None


class BuildPlace:
    """Everything of the room but its rows."""

    def __init__(
        self,
        data_dir: Path,
        sandbox: Sandbox | None = None,
        deadline_seconds: float = 60,
        logs: Logs | None = None,
        db: Database | None = None,
    ) -> None:
        self.logs = logs or RecordingLogs()
        self.env_vars = FixedEnv()
        self.settings = Overrides()
        self.uploads = Uploads(data_dir / "uploads")
        self.workspaces = Workspaces(data_dir / "builds")
        self.artifacts = LocalArtifacts(data_dir / "artifacts")
        self.toolchain = find_toolchain(None, data_dir / "toolchain" / "shims")
        self.sandbox = sandbox or LocalSandbox(root_name(data_dir))
        self.rules = GitRules(schemes=("https", "file"), hosts=("localhost",))
        self.repositories = NoRepositories()
        borders = Borders(unpacked_bytes=UNPACKED_BYTES, unpacked_entries=UNPACKED_ENTRIES)
        git = LocalGit(self.sandbox, self.rules, {}, borders)
        self.lender = NothingLent()
        self.credentials = Credentials(self.repositories, self.lender)
        self.arrivals = Arrivals(self.uploads, git, self.credentials, self.rules, owns_files=os.geteuid() == 0)
        self.pipeline = Pipeline(
            self.logs,
            self.env_vars,
            self._settings_of,
            self.arrivals,
            self.workspaces,
            self.artifacts,
            Steps(self.sandbox, self.toolchain, {}),
            Reuse(db, self.artifacts, self.toolchain, {}, self.env_vars.digest) if db else NothingReused(),
            lambda project_id: TENANT_BASE + project_id,
            owns_files=os.geteuid() == 0,
            deadline_seconds=deadline_seconds,
        )
        self._numbers = 0

    async def _settings_of(self, project_id: int) -> Overrides:
        return self.settings

    async def build(self, archive: bytes, project_id: int = 1) -> Outcome:
        """Upload and run one build; its lines are in `self.lines`."""
        received = await self.uploads.receive(project_id, body_of(archive))
        self._numbers += 1
        self.attempt = Attempt(make_build(self._numbers, project_id, received.digest))
        return await self.pipeline.run(self.attempt)

    @property
    def lines(self) -> list[tuple[str, str]]:
        """The last build's lines, by level."""
        return [(level.value, text) for level, text in self.logs.writer(self._numbers).lines]

    @property
    def output(self) -> str:
        """What the last build's commands wrote."""
        return self.logs.writer(self._numbers).raw.decode()


def make_build(number: int, project_id: int, digest: str, attempt: int = 1) -> Build:
    """A build that runs, without a row."""
    return Build(
        id=number,
        project_id=project_id,
        environment_id=project_id,
        number=number,
        status=BuildStatus.RUNNING,
        attempt=attempt,
        source=Source(digest=digest, size_bytes=1),
        requested_by="operator",
        log_stream_id=number,
        created_at=datetime.now(UTC),
    )
