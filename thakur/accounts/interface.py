"""Who is asking: principals, and the teams whose things they may touch."""

from enum import StrEnum
from typing import Protocol

import msgspec

DEFAULT_TEAM = "default"


class Role(StrEnum):
    """What somebody may do in a team, from least to most."""

    VIEWER = "viewer"
    MEMBER = "member"
    ADMIN = "admin"
    OWNER = "owner"


class Principal(msgspec.Struct, frozen=True, kw_only=True):
    """Whoever caused a call: loaded once per request and handed to every service call that a person can cause.

    `actor` is how logs and activations name them; `roles` maps team ids to the role there; `team_id` is the team in which
    they make new things.
    """

    actor: str
    team_id: int
    roles: dict[int, Role]
    user_id: int | None = None

    @property
    def team_ids(self) -> tuple[int, ...]:
        return tuple(self.roles)


class Accounts(Protocol):
    """Teams and principals."""

    async def prepare(self) -> None:
        """Make the team `default` if this is the first start. May be called twice, and by several processes."""

    async def operator(self) -> Principal:
        """The principal of the local socket: owner of every team, acting in `default`."""
