"""The api's part: what decides and looks after things, over the edges that it is given."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from thakur.builds.attempts.jobs import worker_name
from thakur.projects.deletion import Deletion
from thakur.projects.service import DELETIONS
from thakur.queue import ROLLOUTS, Worker
from thakur.runtime import Edge
from thakur.runtime.deployments.asking import LocalRollouts
from thakur.runtime.deployments.retention import Retention
from thakur.runtime.edges import LocalEdges
from thakur.runtime.placings import Placings
from thakur.runtime.rollouts.aftermath import Aftermath
from thakur.runtime.rollouts.claims import Claims
from thakur.runtime.rollouts.jobs import RolloutJobs
from thakur.runtime.rollouts.restart import Restart
from thakur.runtime.rollouts.rollout import Rollout
from thakur.runtime.withdrawal import Withdrawal
from thakur.webhooks.deliveries import LocalDeliveries
from thakur.webhooks.previews.asking import LocalPreviews
from thakur.wiring.core import Core
from thakur.wiring.github import wire_receiving

ROLLOUT_SLOTS = 4
DELETION_SLOTS = 1


@dataclass(frozen=True, slots=True)
class Deciding:
    """Rollouts, deletions and webhooks, wired and not started. `behind_webhooks` puts their receiver before a public app."""

    rollouts: LocalRollouts
    edges: LocalEdges
    rollout_jobs: RolloutJobs
    deliveries: LocalDeliveries
    previews: LocalPreviews
    behind_webhooks: Callable[[Any], Any]
    workers: tuple[Worker, ...]


def wire_deciding(core: Core, edges: Mapping[int, Edge]) -> Deciding:
    """Make them; rollouts go to all of `edges`, by id."""
    claims, placings = Claims(core.db, worker_name(core.settings.data_dir)), Placings(core.db)
    aftermath = Aftermath(core.runtime, claims, placings, core.logs, edges)
    rollout = Rollout(core.runtime, claims, placings, core.interrupts, aftermath, core.logs, edges)
    restart = Restart(core.runtime, claims, core.interrupts, aftermath, core.logs, edges)
    retention = Retention(core.db, core.runtime.store, core.projects, core.builds)
    jobs = RolloutJobs(claims, rollout, restart, aftermath, core.interrupts, retention)
    # In the order of a deletion: nothing runs, then nothing lies about, then no lines, then the row goes.
    withdrawal = Withdrawal(core.runtime.store, core.interrupts, core.queue, edges)
    core.consumers[:] = [withdrawal, core.builds, core.logs]
    deletion = Deletion(core.db, core.consumers)
    workers = (
        Worker(core.urls.redis_url, ROLLOUTS, jobs.drain, ROLLOUT_SLOTS, (jobs.recover,)),
        Worker(core.urls.redis_url, DELETIONS, deletion.drain, DELETION_SLOTS),
    )
    receiving = wire_receiving(core)
    for worker in workers:
        core.queue.attach(worker)
    return Deciding(
        rollouts=LocalRollouts(core.runtime, core.projects, core.builds, core.logs, core.queue, core.interrupts),
        edges=LocalEdges(core.db, edges),
        rollout_jobs=jobs,
        deliveries=receiving.deliveries,
        previews=receiving.previews,
        behind_webhooks=receiving.behind,
        workers=(*workers, *receiving.workers),
    )
