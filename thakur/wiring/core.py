"""What every role that has the database shares."""

from dataclasses import dataclass, field
from pathlib import Path

from thakur.builds.caches.service import LocalCaches
from thakur.builds.packing.artifacts import LocalArtifacts
from thakur.builds.service import LocalBuilds
from thakur.builds.sources.uploads import Uploads
from thakur.builds.workspaces.directories import Workspaces
from thakur.db import Database
from thakur.git import GitRules
from thakur.logs.service import LocalLogs
from thakur.projects import DeletionConsumer
from thakur.projects.env import LocalEnvVars
from thakur.projects.environments import LocalEnvironments
from thakur.projects.pasting import LocalPastes
from thakur.projects.repositories import LocalRepositories
from thakur.projects.resealing import resealing_of_env, resealing_of_tokens
from thakur.projects.service import LocalProjects
from thakur.queue import Queue
from thakur.runtime.deployments.addresses import Addresses
from thakur.runtime.deployments.snapshots import EnvSnapshots
from thakur.runtime.rollouts.interrupts import Interrupts
from thakur.runtime.service import LocalRuntime
from thakur.security import SealedRows, Sealer, load_or_create_ring
from thakur.settings import Settings
from thakur.stores import StoreUrls, service_user
from thakur.wiring.github import GitHub, wire_github
from thakur.wiring.people import People, wire_people


@dataclass(frozen=True, slots=True)
class Core:
    """Rows, queue and files, wired and not started."""

    settings: Settings
    urls: StoreUrls
    db: Database
    queue: Queue
    people: People
    projects: LocalProjects
    environments: LocalEnvironments
    env_vars: LocalEnvVars
    pastes: LocalPastes
    repositories: LocalRepositories
    github: GitHub
    logs: LocalLogs
    uploads: Uploads
    workspaces: Workspaces
    caches: LocalCaches
    artifacts: LocalArtifacts
    builds: LocalBuilds
    addresses: Addresses
    interrupts: Interrupts
    runtime: LocalRuntime
    # Everything that the master key seals: a rotation that misses one loses it.
    sealed: tuple[SealedRows, ...]
    consumers: list[DeletionConsumer] = field(default_factory=list)

    async def close(self) -> None:
        await self.github.close()
        await self.queue.close()
        await self.db.close()


def wire_core(settings: Settings, urls: StoreUrls) -> Core:
    """Make them on a migrated database."""
    data = settings.data_dir
    db, queue = Database(urls.database_url), Queue(urls.redis_url)
    consumers: list[DeletionConsumer] = []
    projects, ring = LocalProjects(db, queue, consumers), load_or_create_ring(settings.key_file)
    sealer, tokens, people = Sealer(ring, "env vars"), Sealer(ring, "git tokens"), wire_people(db)
    repositories = LocalRepositories(db, tokens, git_rules(settings))
    github = wire_github(settings, db, queue, ring, projects, people)
    env_vars, logs = LocalEnvVars(db, sealer), LocalLogs(db, urls.redis_url)
    workspaces, artifacts = Workspaces(data / "builds"), _artifacts(data)
    caches = LocalCaches(projects, workspaces)
    uploads = Uploads(data / "uploads", make_room=caches.make_room)
    builds = LocalBuilds(db, projects, logs, queue, uploads, workspaces, artifacts, repositories, git_rules(settings))
    addresses, interrupts = Addresses(settings.base_domain, *settings.front), Interrupts()
    snapshots = EnvSnapshots(db, env_vars, sealer)
    return Core(
        settings=settings,
        urls=urls,
        db=db,
        queue=queue,
        people=people,
        projects=projects,
        environments=LocalEnvironments(db, queue),
        env_vars=env_vars,
        pastes=LocalPastes(Sealer(ring, "pasted env vars")),
        repositories=repositories,
        github=github,
        logs=logs,
        uploads=uploads,
        workspaces=workspaces,
        caches=caches,
        artifacts=artifacts,
        builds=builds,
        addresses=addresses,
        interrupts=interrupts,
        runtime=LocalRuntime(db, projects, builds, logs, queue, addresses, interrupts, snapshots),
        sealed=(resealing_of_env(db, sealer), resealing_of_tokens(db, tokens), snapshots, *github.sealed),
        consumers=consumers,
    )


def git_rules(settings: Settings) -> GitRules:
    """What the settings let git reach."""
    return GitRules(schemes=settings.git_schemes, hosts=settings.git_hosts)


def _artifacts(data: Path) -> LocalArtifacts:
    user = service_user()
    return LocalArtifacts(data / "artifacts", user.gid if user else None)
