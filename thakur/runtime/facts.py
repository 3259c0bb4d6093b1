"""What an edge tells of its host: how much it has, how much of it is used, what it can enforce."""

from typing import Protocol

import msgspec

from thakur.accounts import Principal
from thakur.runtime.replica import ReplicaStatus


class EdgeFacts(msgspec.Struct, frozen=True, kw_only=True):
    """One look at a host. `not_enforced` holds what its sandbox cannot do there, and why; `enforced` what it can."""

    version: str
    cpus: int
    load: float
    memory_bytes: int
    memory_used_bytes: int
    disk_bytes: int
    disk_used_bytes: int
    replicas: int
    enforced: tuple[str, ...] = ()
    not_enforced: dict[str, str] = {}


class EdgeSeen(msgspec.Struct, frozen=True, kw_only=True):
    """An edge by name; without facts it is away."""

    name: str
    facts: EdgeFacts | None = None


class ReplicasSeen(msgspec.Struct, frozen=True, kw_only=True):
    """The replicas of a deployment on one edge; None when the edge is away."""

    edge: str
    replicas: tuple[ReplicaStatus, ...] | None = None


class Edges(Protocol):
    """Looking at hosts. One that does not answer in three seconds is away."""

    async def replicas(self, deployment_id: int) -> list[ReplicasSeen]:
        """How the replicas of a deployment fare on every edge, by name; for one that the asker was given."""

    async def list(self, principal: Principal) -> list[EdgeSeen]:
        """Every edge, by name."""
