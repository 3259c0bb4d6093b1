"""Whose a login is, and which team a slug: the numbers behind names, as an installation of an App is told."""

import re
from typing import Protocol

import msgspec

from thakur.github.interface import TeamFound, UserFound
from thakur.github.rest import Answer

# Nothing else is ever made a part of a path.
LOGIN = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9_-]{0,63})")
TEAM_SLUG = re.compile(r"(?!\.)[A-Za-z0-9._-]{1,100}")


class Asking(Protocol):
    """What asks the API: an installation, or a person."""

    async def ask(self, method: str, path: str) -> Answer: ...


async def account(asking: Asking, login: str) -> UserFound:
    """The person or organisation of that login now. Raises NotThere."""
    assert LOGIN.fullmatch(login)
    return msgspec.convert((await asking.ask("GET", f"/users/{login}")).data, UserFound, strict=False)


async def team(asking: Asking, organization: str, slug: str) -> TeamFound:
    """The team. Raises NotThere, and NotPermitted where the App may not read members."""
    assert LOGIN.fullmatch(organization)
    assert TEAM_SLUG.fullmatch(slug)
    path = f"/orgs/{organization}/teams/{slug}"
    return msgspec.convert((await asking.ask("GET", path)).data, TeamFound, strict=False)
