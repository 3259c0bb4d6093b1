"""What a person may in a repository: as its owner, by the organisation, a team, or an invitation."""

from thakur.fakegithub.people.accounts import FakeOrganization, FakeUser
from thakur.fakegithub.state import FakeRepository

# Each holds what is before it.
ROLES = ("", "read", "triage", "write", "maintain", "admin")


def role_in(repository: FakeRepository, user: FakeUser) -> str:
    """The greatest of the user's roles; empty for somebody who was given none."""
    account = repository.account
    found = [repository.collaborators.get(user.id, "")]
    if account is user:
        found.append("admin")
    if isinstance(account, FakeOrganization):
        found += _by_organization(account, repository, user)
    return max(found, key=ROLES.index)


def permissions(role: str) -> dict[str, bool]:
    """A role in the words of a repository's JSON."""
    level = ROLES.index(role)
    names = {"admin": "admin", "maintain": "maintain", "push": "write", "triage": "triage", "pull": "read"}
    return {name: level >= ROLES.index(least) for name, least in names.items()}


def _by_organization(organization: FakeOrganization, repository: FakeRepository, user: FakeUser) -> list[str]:
    member = organization.active(user)
    if member is None:
        return []
    if member.role == "admin":
        return ["admin"]
    teams = organization.teams.values()
    return [
        organization.base_role,
        *(each.roles.get(repository.id, "") for each in teams if organization.in_team(each.slug, user)),
    ]
