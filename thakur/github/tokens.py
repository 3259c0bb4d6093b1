"""Tokens of installations: minted once for everybody who asks at the same time, and kept until shortly before their end."""

import asyncio
from collections import defaultdict
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

import msgspec

from thakur.github.interface import InstallationToken

# Nobody begins something long with a token that ends in the middle of it.
RENEW_BEFORE = timedelta(minutes=5)


class Scope(msgspec.Struct, frozen=True):
    """What a token opens: an installation's repositories, all of them or some, and what may be done there."""

    installation_id: int
    repository_ids: tuple[int, ...] = ()
    permissions: tuple[tuple[str, str], ...] = ()


class Tokens:
    """Keeps them by scope. `mint` asks GitHub for a new one."""

    def __init__(self, mint: Callable[[Scope], Awaitable[InstallationToken]]) -> None:
        self._mint = mint
        self._kept: dict[Scope, InstallationToken] = {}
        self._turns: defaultdict[Scope, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def get(self, scope: Scope) -> str:
        """The token of now. Raises what `mint` raises."""
        async with self._turns[scope]:
            kept = self._kept.get(scope)
            if kept is None or kept.expires_at - datetime.now(UTC) < RENEW_BEFORE:
                kept = self._kept[scope] = await self._mint(scope)
            return kept.token

    def forget(self, scope: Scope, token: str) -> None:
        """Mint another the next time; unless somebody has done so since."""
        kept = self._kept.get(scope)
        if kept is not None and kept.token == token:
            del self._kept[scope]
