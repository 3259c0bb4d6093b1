"""What a person may ask through an App: who they are, where the App is installed for them, and what they see there."""

from collections.abc import Callable
from typing import Any, Protocol, TypeVar

import msgspec

from thakur.github.interface import (
    CredentialsRefused,
    Installation,
    Organization,
    Repository,
    RepositoryPage,
    TeamFound,
    UserFound,
)
from thakur.github.listing import page_of
from thakur.github.rest import Answer, Rest

PAGE = 100
LONGEST_LIST = 50

T = TypeVar("T")


class Bearer(Protocol):
    """Implemented above: the person's token of now, and the one after it when GitHub does not take that."""

    async def token(self) -> str:
        """Raises what tells the person to sign in again."""

    async def renewed(self, refused: str) -> str:
        """Another one in place of the one that was refused. Raises as `token` does."""


class User:
    """Asks as one person; what has not changed since it was asked before costs nothing of their limit."""

    def __init__(self, rest: Rest, bearer: Bearer, payer: str) -> None:
        self._rest = rest
        self._bearer = bearer
        self._payer = payer

    async def user(self) -> UserFound:
        """Who they are, by GitHub's own number."""
        return msgspec.convert((await self.ask("GET", "/user")).data, UserFound, strict=False)

    async def installations(self) -> list[Installation]:
        """Where the App is installed and the person sees something."""
        path = f"/user/installations?per_page={PAGE}"
        return await self._listed(path, lambda data: data["installations"], Installation)

    async def repositories(self, installation_id: int, page: int = 1) -> RepositoryPage:
        """A page of what both the person and the App may see there. Raises NotThere for an installation of others."""
        path = f"/user/installations/{installation_id}/repositories?per_page={PAGE}&page={page}"
        return page_of(await self.ask("GET", path))

    async def repository(self, full_name: str) -> Repository:
        """One that both may see. Raises NotThere."""
        answer = await self.ask("GET", f"/repos/{full_name}")
        return msgspec.convert(answer.data, Repository, strict=False)

    async def organizations(self) -> list[Organization]:
        """Those that they are in, and whose members the App may read."""
        path = f"/user/memberships/orgs?state=active&per_page={PAGE}"
        return await self._listed(path, lambda data: [each["organization"] for each in data], Organization)

    async def teams(self) -> list[TeamFound]:
        """Those that they are in, of such organisations."""
        return await self._listed(f"/user/teams?per_page={PAGE}", lambda data: data, TeamFound)

    async def _listed(self, path: str, rows: Callable[[Any], Any], kind: type[T]) -> list[T]:
        found = list[T]()
        for _ in range(LONGEST_LIST):
            answer = await self.ask("GET", path)
            found += msgspec.convert(rows(answer.data), list[kind], strict=False)  # type: ignore[valid-type]
            if not answer.next_url:
                break
            path = answer.next_url
        return found

    async def ask(self, method: str, path: str) -> Answer:
        """One question, with the token of now. Raises as `Rest.ask` and the bearer do."""
        token = await self._bearer.token()
        try:
            return await self._rest.ask(self._payer, method, path, token)
        except CredentialsRefused:
            token = await self._bearer.renewed(token)
            return await self._rest.ask(self._payer, method, path, token)
