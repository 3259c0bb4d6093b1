"""Settings become services: the one file that knows which implementation stands behind which Protocol."""

import os
import socket
from dataclasses import dataclass
from pathlib import Path

from thakur.accounts.service import LocalAccounts
from thakur.builds.artifacts import LocalArtifacts
from thakur.builds.claims import Claims
from thakur.builds.jobs import BuildJobs, worker_name
from thakur.builds.pipeline import Pipeline
from thakur.builds.service import LocalBuilds
from thakur.builds.steps import Steps
from thakur.builds.toolchain import find_toolchain
from thakur.builds.uploads import Uploads
from thakur.builds.workspaces import Workspaces
from thakur.db import Database
from thakur.logs.service import LocalLogs
from thakur.projects import DeletionConsumer
from thakur.projects.deletion import Deletion
from thakur.projects.env import LocalEnvVars
from thakur.projects.service import DELETIONS, LocalProjects
from thakur.proxy import record as proxy_record
from thakur.proxy.service import LocalProxy
from thakur.proxy.supervisor import Supervisor
from thakur.queue import BUILDS, ROLLOUTS, Queue, Worker
from thakur.runtime import Edge
from thakur.runtime import state as edge_state
from thakur.runtime.addresses import Addresses
from thakur.runtime.aftermath import Aftermath
from thakur.runtime.asking import LocalRollouts
from thakur.runtime.claims import Claims as RolloutClaims
from thakur.runtime.edge import LocalEdge
from thakur.runtime.interrupts import Interrupts
from thakur.runtime.jobs import RolloutJobs
from thakur.runtime.placings import Placings
from thakur.runtime.restart import Restart
from thakur.runtime.retention import Retention
from thakur.runtime.rollout import Rollout
from thakur.runtime.service import LocalRuntime
from thakur.runtime.snapshots import EnvSnapshots
from thakur.runtime.withdrawal import Withdrawal
from thakur.sandbox import LocalSandbox, root_name, tenant_uid, uid_base
from thakur.security import Sealer, load_or_create_ring
from thakur.settings import Settings
from thakur.stores import StoreUrls, service_user

BUILD_SLOTS = 2
ROLLOUT_SLOTS = 4
DELETION_SLOTS = 1


@dataclass(frozen=True, slots=True)
class Services:
    """Everything that the role `all` is made of, wired and not started."""

    db: Database
    queue: Queue
    accounts: LocalAccounts
    projects: LocalProjects
    env_vars: LocalEnvVars
    logs: LocalLogs
    builds: LocalBuilds
    runtime: LocalRuntime
    rollouts: LocalRollouts
    addresses: Addresses
    sandbox: LocalSandbox
    proxy: LocalProxy
    edge: LocalEdge
    build_jobs: BuildJobs
    rollout_jobs: RolloutJobs
    workers: tuple[Worker, ...]


async def wire(settings: Settings, urls: StoreUrls) -> Services:
    """Make the services of the role `all` on a migrated database. Raises BunMissing, UidsExhausted."""
    data = settings.data_dir
    db = Database(urls.database_url)
    queue = Queue(urls.redis_url)
    consumers: list[DeletionConsumer] = []
    projects = LocalProjects(db, queue, consumers)
    sealer = Sealer(load_or_create_ring(settings.secret_key_file or data / "secret.key"), "env vars")
    env_vars = LocalEnvVars(db, sealer)
    logs = LocalLogs(db)
    uploads = Uploads(data / "uploads")
    workspaces = Workspaces(data / "builds")
    user = service_user()
    artifacts = LocalArtifacts(data / "artifacts", user.gid if user else None)
    builds = LocalBuilds(db, projects, logs, queue, uploads, workspaces, artifacts)
    addresses = Addresses(settings.base_domain, settings.http.port)
    interrupts = Interrupts()
    snapshots = EnvSnapshots(db, env_vars, sealer)
    runtime = LocalRuntime(db, projects, builds, logs, queue, addresses, interrupts, snapshots)
    sandbox = LocalSandbox(root_name(data))
    toolchain = find_toolchain(settings.bun, data / "shims")
    uids = _TenantUids(uid_base(data) if user else None)
    steps = Steps(sandbox, toolchain, settings.passed_to_builds)
    pipeline = Pipeline(logs, env_vars, uploads, workspaces, artifacts, steps, uids.of, owns_files=user is not None)
    proxy = LocalProxy(
        Supervisor(
            settings.http,
            data / "run" / "proxy",
            data / "artifacts",
            uid=user.uid if user else None,
            gid=user.gid if user else None,
        ),
    )
    edge_id = await runtime.store.register_edge(socket.gethostname())
    edge = LocalEdge(edge_id, data, proxy, sandbox, artifacts, logs, runtime, Path(toolchain.bun), uids.of)
    edges: dict[int, Edge] = {edge_id: edge}
    # In the order of a deletion: nothing runs, then nothing lies about, then no lines, then the row goes.
    consumers += [Withdrawal(runtime.store, interrupts, queue, edges), builds, logs]
    build_jobs = BuildJobs(Claims(db, worker_name(data)), pipeline, logs, uploads, runtime)
    claims, placings = RolloutClaims(db, worker_name(data)), Placings(db)
    aftermath = Aftermath(runtime, claims, placings, logs, edges)
    rollout_jobs = RolloutJobs(
        claims,
        Rollout(runtime, claims, placings, interrupts, aftermath, logs, edges),
        Restart(runtime, claims, interrupts, aftermath, logs, edges),
        aftermath,
        interrupts,
        Retention(db, runtime.store, projects, builds),
    )
    workers = (
        Worker(urls.redis_url, BUILDS, build_jobs.drain, BUILD_SLOTS),
        Worker(urls.redis_url, ROLLOUTS, rollout_jobs.drain, ROLLOUT_SLOTS),
        Worker(urls.redis_url, DELETIONS, Deletion(db, consumers).drain, DELETION_SLOTS),
    )
    for worker in workers:
        queue.attach(worker)
    return Services(
        db=db,
        queue=queue,
        accounts=LocalAccounts(db),
        projects=projects,
        env_vars=env_vars,
        logs=logs,
        builds=builds,
        runtime=runtime,
        rollouts=LocalRollouts(runtime, projects, builds, logs, queue, interrupts),
        addresses=addresses,
        sandbox=sandbox,
        proxy=proxy,
        edge=edge,
        build_jobs=build_jobs,
        rollout_jobs=rollout_jobs,
        workers=workers,
    )


async def end_leftovers(data_dir: Path) -> int:
    """End what a `serve` that is gone left running: proxy workers first, then replicas; returns how many there were."""
    workers = await proxy_record.end_recorded(data_dir / "run" / "proxy")
    return workers + await edge_state.end_recorded(data_dir, LocalSandbox(root_name(data_dir)))


@dataclass(frozen=True, slots=True)
class _TenantUids:
    base: int | None

    def of(self, project_id: int) -> int:
        return os.geteuid() if self.base is None else tenant_uid(self.base, project_id)
