"""How the replicas of a deployment fare, as an edge tells it."""

from datetime import datetime
from enum import StrEnum

import msgspec


class ReplicaState(StrEnum):
    """`starting` runs and does not listen yet, `waiting` has ended and is started again, `ended` is not."""

    STARTING = "starting"
    RUNNING = "running"
    WAITING = "waiting"
    ENDED = "ended"


class ReplicaStatus(msgspec.Struct, frozen=True, kw_only=True):
    """How one replica fares. `ends` counts its ends in a row, from `ends_since` on, without a steady run between them."""

    number: int
    port: int
    state: ReplicaState
    ends: int = 0
    ends_since: datetime | None = None
    is_crash_loop: bool = False
    next_try_at: datetime | None = None
