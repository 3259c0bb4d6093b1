"""Tokens that are lent to builds: for one repository, for reading, until the last who holds it has given it back."""

import asyncio
import logging
from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from thakur.errors import ThakurError
from thakur.github import App, GitHubUnavailable, InstallationToken, Scope
from thakur.installations.interface import Clients, Connection, Connections, Found, RepositoryShut

# A fetch may take ten minutes.
LEFT = timedelta(minutes=15)
REVOKE_SECONDS = 5.0
PATIENCE_SECONDS = 60.0
READS = (("contents", "read"),)

log = logging.getLogger(__name__)

Key = tuple[int, Scope]


@dataclass
class _Lent:
    client: App
    token: InstallationToken
    holders: int = 0


class LocalLender:
    """Implements Lender. Tokens are in this process's memory alone."""

    def __init__(self, connections: Connections, clients: Clients) -> None:
        self._connections = connections
        self._clients = clients
        self._lent: dict[Key, _Lent] = {}
        self._held: dict[str, _Lent] = {}
        self._turns: defaultdict[Key, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def lend(self, project_id: int, url: str) -> str:
        connection = (await self._connections.of([project_id])).get(project_id)
        if connection is None or connection.url != url:
            return ""
        return await self._lend(connection)

    async def lend_look(self, found: Found) -> str:
        return await self._lend(found)

    async def _lend(self, opens: Connection | Found) -> str:
        key = (opens.app, Scope(opens.installation_id, (opens.repository_id,), READS))
        # Whoever asks meanwhile waits for the same one.
        async with self._turns[key]:
            lent = self._lent.get(key)
            if lent is None or lent.token.expires_at - datetime.now(UTC) < LEFT:
                client = await self._clients.app(opens.app)
                lent = self._lent[key] = _Lent(client, await _minted(client, key[1], opens.full_name))
                self._held[lent.token.token] = lent
            lent.holders += 1
        return lent.token.token

    async def renew(self, project_id: int, url: str, token: str) -> str:
        refused = self._held.get(token)
        for key in [key for key, lent in self._lent.items() if lent is refused]:
            del self._lent[key]
        renewed = await self.lend(project_id, url)
        await self.give_back(token)
        return renewed

    async def give_back(self, token: str) -> None:
        lent = self._held.get(token)
        if lent is None:
            return
        lent.holders -= 1
        if lent.holders > 0:
            return
        del self._held[token]
        for key in [key for key, each in self._lent.items() if each is lent]:
            del self._lent[key]
        try:
            async with asyncio.timeout(REVOKE_SECONDS):
                await lent.client.revoke(token)
        except (ThakurError, TimeoutError) as error:
            # It opens one repository for reading, and ends by itself within the hour.
            log.warning("token could not be revoked", extra={"reason": str(error)})


async def _minted(client: App, scope: Scope, full_name: str) -> InstallationToken:
    # A build has been waited for already: a minute of GitHub's is no reason to fail it.
    end = asyncio.get_running_loop().time() + PATIENCE_SECONDS
    while True:
        try:
            return await client.mint(scope)
        except GitHubUnavailable as error:
            if asyncio.get_running_loop().time() + error.retry_seconds > end:
                raise RepositoryShut(error.message, hint="Deploy again when GitHub answers.") from error
            await asyncio.sleep(error.retry_seconds)
        except ThakurError as error:
            raise RepositoryShut(
                f"GitHub does not open {full_name}: {error.message}",
                hint="Install the App on the repository again; thakur github lists where it is installed.",
            ) from error
