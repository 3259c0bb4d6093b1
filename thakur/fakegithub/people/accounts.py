"""Users, organisations, teams. An id is forever; a login may become another."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

AccountT = TypeVar("AccountT", bound="FakeAccount")


@dataclass(eq=False)
class FakeAccount:
    """Who owns repositories and installations."""

    id: int
    login: str
    name: str | None = None
    email: str | None = None

    kind = "User"


@dataclass(eq=False)
class FakeUser(FakeAccount):
    """A person; the address is the verified one, which the profile shows only if it is public."""

    has_public_email: bool = True


@dataclass
class Membership:
    """`pending` until the invitation was accepted."""

    role: str = "member"
    state: str = "active"


@dataclass(eq=False)
class FakeTeam:
    """A team; whoever is in one below it is in it too. `roles` are by repository."""

    id: int
    slug: str
    name: str
    members: dict[int, Membership] = field(default_factory=dict)
    parent: str | None = None
    roles: dict[int, str] = field(default_factory=dict)


@dataclass(eq=False)
class FakeOrganization(FakeAccount):
    """An organisation; `base_role` is what every member may in each of its repositories."""

    members: dict[int, Membership] = field(default_factory=dict)
    teams: dict[str, FakeTeam] = field(default_factory=dict)
    base_role: str = "read"

    kind = "Organization"

    def active(self, user: FakeAccount) -> Membership | None:
        """The user's membership, if it was accepted."""
        found = self.members.get(user.id)
        return found if found is not None and found.state == "active" else None

    def in_team(self, slug: str, user: FakeAccount) -> Membership | None:
        """The user's membership in the team or in one below it."""
        direct = self.teams[slug].members.get(user.id)
        if direct is not None:
            return direct
        below = [self.in_team(each.slug, user) for each in self.teams.values() if each.parent == slug]
        return next((each for each in below if each is not None), None)


class People:
    """Everybody, by id and by login."""

    def __init__(self, new_id: Callable[[], int]) -> None:
        self.accounts: dict[int, FakeAccount] = {}
        self._new_id = new_id

    def named(self, login: str) -> FakeAccount | None:
        """Logins are the same in any case."""
        return next((each for each in self.accounts.values() if each.login.lower() == login.lower()), None)

    def account(self, login: str) -> FakeAccount:
        """The account of that login; a user is made of a new one."""
        return self.named(login) or self.user(login)

    def user(self, login: str, name: str | None = None, email: str | None = None) -> FakeUser:
        """The user of that login, who is made when new."""
        found = self.named(login)
        if isinstance(found, FakeUser):
            return found
        made = FakeUser(self._new_id(), login, name or login.title(), email or f"{login}@example.com")
        return self._add(made)

    def organization(self, login: str) -> FakeOrganization:
        """The organisation of that login, which is made when new."""
        found = self.named(login)
        if isinstance(found, FakeOrganization):
            return found
        return self._add(FakeOrganization(self._new_id(), login))

    def team(
        self, organization: FakeOrganization, slug: str, *members: FakeUser, parent: str | None = None
    ) -> FakeTeam:
        """A new team of these."""
        made = FakeTeam(self._new_id(), slug, slug.title(), {each.id: Membership() for each in members}, parent)
        organization.teams[slug] = made
        return made

    @property
    def users(self) -> list[FakeUser]:
        return [each for each in self.accounts.values() if isinstance(each, FakeUser)]

    @property
    def organizations(self) -> list[FakeOrganization]:
        return [each for each in self.accounts.values() if isinstance(each, FakeOrganization)]

    def _add(self, made: AccountT) -> AccountT:
        self.accounts[made.id] = made
        return made
