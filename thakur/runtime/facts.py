"""What an edge tells of its host: how much it has, how much of it is used, what it can enforce."""

from typing import Protocol

import msgspec

from thakur.accounts import Principal


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


class Edges(Protocol):
    """Looking at hosts."""

    async def list(self, principal: Principal) -> list[EdgeSeen]:
        """Every edge, by name; one that does not answer in three seconds is away."""
