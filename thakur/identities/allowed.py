"""Which role the list of a team gives to somebody. Pure."""

from collections.abc import Collection, Iterable

import msgspec

from thakur.accounts import Role
from thakur.identities.models import AllowanceRow


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """A person on a GitHub, by numbers alone: names change hands."""

    number: int
    organizations: Collection[int] = ()
    teams: Collection[int] = ()


def role_of(standing: Standing, allowances: Iterable[AllowanceRow]) -> Role | None:
    """The greatest of those that fit; None when nothing does."""
    own = {"user": {standing.number}, "organization": set(standing.organizations), "team": set(standing.teams)}
    roles = [Role(each.role) for each in allowances if each.number in own[each.kind]]
    return max(roles, key=lambda role: role.rank, default=None)
