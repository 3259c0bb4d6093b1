"""Replicas of a project: the processes of what is live, and how they fare."""

from datetime import datetime

import msgspec
from litestar import get

from thakur.api.asked import Asked, Asker, Services
from thakur.runtime import ReplicaState


class ReplicaShown(msgspec.Struct, frozen=True, kw_only=True):
    """One process: `ends` counts its ends in a row, from `ends_since` on, without a steady run between them."""

    edge: str
    deployment: int
    number: int
    state: ReplicaState
    port: int
    ends: int
    ends_since: datetime | None
    is_crash_loop: bool
    next_try_at: datetime | None


class ReplicasShown(msgspec.Struct, frozen=True, kw_only=True):
    """What runs of the deployment that is live, if one is. `away` are edges that do not answer just now."""

    deployment: int | None
    replicas: tuple[ReplicaShown, ...] = ()
    away: tuple[str, ...] = ()


@get("/api/v1/projects/{name:str}/replicas")
async def list_replicas(services: Services, principal: Asker, project: Asked) -> ReplicasShown:
    """How the replicas of what is live fare, on every edge; files have none."""
    live = (await services.runtime.active(principal, [project.id])).get(project.id)
    if live is None:
        return ReplicasShown(deployment=None)
    seen = await services.edges.replicas(live.id)
    return ReplicasShown(
        deployment=live.number,
        replicas=tuple(
            ReplicaShown(edge=one.edge, deployment=live.number, **msgspec.structs.asdict(replica))
            for one in seen
            for replica in one.replicas or ()
        ),
        away=tuple(one.edge for one in seen if one.replicas is None),
    )


HANDLERS = [list_replicas]
