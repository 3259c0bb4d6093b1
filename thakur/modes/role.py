"""What a process may be: any of three roles, or all of them."""

from collections.abc import Iterable
from enum import StrEnum

ALL = "all"


class Role(StrEnum):
    """`api` answers and decides, `worker` builds, `edge` runs applications and routes visitors to them."""

    API = "api"
    WORKER = "worker"
    EDGE = "edge"


WITH_DATABASE = frozenset({Role.API, Role.WORKER})


def named(names: Iterable[str]) -> frozenset[Role]:
    """The roles of these names; `all` stands for every one."""
    chosen = set(names)
    return frozenset(Role) if ALL in chosen else frozenset(Role(name) for name in chosen)
