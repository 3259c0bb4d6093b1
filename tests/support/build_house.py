"""The room of builds on a real database: a place to build in, the service, the job, and who hears of artifacts."""

from pathlib import Path

from sqlalchemy import text

from support.building import BuildPlace, body_of
from support.fake_sandbox import FakeSandbox
from support.queues import RecordingQueue
from thakur.accounts import Principal
from thakur.accounts.service import LocalAccounts
from thakur.builds import ArtifactReady, Build, Upload
from thakur.builds.attempts.claims import Claims
from thakur.builds.attempts.endings import Endings
from thakur.builds.attempts.jobs import BuildJobs
from thakur.builds.attempts.leftovers import Leftovers
from thakur.builds.service import LocalBuilds
from thakur.db import Database
from thakur.logs.service import LocalLogs
from thakur.projects import Project
from thakur.projects.repositories import LocalRepositories
from thakur.projects.service import LocalProjects
from thakur.queue import Queue
from thakur.security import KeyRing, Sealer


class RecordingConsumer:
    """Implements ArtifactConsumer; fails as long as it is told to."""

    def __init__(self) -> None:
        self.heard: list[ArtifactReady] = []
        self.is_away = False

    async def artifact_ready(self, ready: ArtifactReady) -> None:
        if self.is_away:
            raise ConnectionError
        self.heard.append(ready)


class BuildHouse:
    def __init__(self, db: Database, data_dir: Path, queue: Queue | None = None) -> None:
        self.db = db
        self.sandbox = FakeSandbox()
        self.logs = LocalLogs(db)
        self.place = BuildPlace(data_dir, self.sandbox, logs=self.logs, db=db)
        self.queue = queue or RecordingQueue()
        self.projects = LocalProjects(db, self.queue, [])
        self.repositories = LocalRepositories(db, Sealer(KeyRing({1: b"k" * 32}), "git tokens"), self.place.rules)
        self.place.credentials._repositories = self.repositories
        self.consumer = RecordingConsumer()
        self.builds = LocalBuilds(
            db,
            self.projects,
            self.logs,
            self.queue,
            self.place.uploads,
            self.place.workspaces,
            self.place.artifacts,
            self.repositories,
            self.place.rules,
        )
        self.claims = Claims(db, "worker")
        self.leftovers = Leftovers(db, "worker")
        self.jobs = self.make_jobs()
        self.data_dir = data_dir

    def make_jobs(self, worker: str = "worker") -> BuildJobs:
        """The job of a worker, as it is after a start."""
        return BuildJobs(
            Claims(self.db, worker),
            Leftovers(self.db, worker),
            self.place.pipeline,
            self.logs,
            Endings(self.db, self.logs, self.place.uploads),
            self.consumer,
        )

    async def principal(self) -> Principal:
        accounts = LocalAccounts(self.db)
        await accounts.prepare()
        return await accounts.operator()

    async def project(self, name: str = "shop") -> Project:
        return await self.projects.create(await self.principal(), name)

    async def request(self, project: Project, archive: bytes) -> Build:
        return await self.builds.request(await self.principal(), project.id, Upload(folder="shop"), body_of(archive))

    async def cancel(self, build: Build) -> Build:
        return await self.builds.cancel(await self.principal(), build.project_id, build.number)

    async def look(self, build: Build) -> Build:
        return await self.builds.get(await self.principal(), build.project_id, build.number)

    async def expire_leases(self) -> None:
        """As if eight seconds had passed in which no worker did anything."""
        async with self.db.session() as session:
            await session.execute(text("UPDATE builds SET lease_until = now() - interval '1 second'"))

    async def texts(self, build: Build) -> list[str]:
        return [line.text for line in await self.logs.page(build.log_stream_id, 0, 500)]

    def files(self) -> list[str]:
        """What lies in the data directory but the toolchain."""
        found = (path.relative_to(self.data_dir) for path in self.data_dir.rglob("*") if path.is_file())
        return sorted(str(path) for path in found if path.parts[0] != "toolchain")
