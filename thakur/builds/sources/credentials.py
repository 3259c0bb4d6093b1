"""What opens a build's repository: a token that somebody gave, or one that is lent for this build alone."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from thakur.builds.interface import Build
from thakur.installations import Lender
from thakur.projects import Repositories


class Credential:
    """`token` opens the repository, if it is not empty; `first` is the one that it was at first. What is lent is given back once, as soon as it has served."""

    def __init__(self, build: Build, token: str, lender: Lender | None = None) -> None:
        self.token = self.first = token
        self._build = build
        self._lender = lender

    async def renew(self) -> bool:
        """Have another in its place when it was refused; False when there is none to be had."""
        if self._lender is None:
            return False
        self.token = await self._lender.renew(self._build.project_id, self._build.source.url, self.token)
        return bool(self.token)

    async def give_back(self) -> None:
        """It is not needed any more. May be called twice."""
        lender, self._lender = self._lender, None
        if lender is not None:
            token, self.token = self.token, ""
            await lender.give_back(token)


class Credentials:
    """Those of all builds."""

    def __init__(self, repositories: Repositories, lender: Lender) -> None:
        self._repositories = repositories
        self._lender = lender

    @asynccontextmanager
    async def of(self, build: Build) -> AsyncIterator[Credential]:
        """The build's, for the length of the block at most. Raises SecretUnreadable, RepositoryShut."""
        url = build.source.url
        kept = await self._repositories.token(build.project_id, url) if url else ""
        if kept or not url:
            yield Credential(build, kept)
            return
        token = await self._lender.lend(build.project_id, url)
        lent = Credential(build, token, self._lender if token else None)
        try:
            yield lent
        finally:
            await lent.give_back()
