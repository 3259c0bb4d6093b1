"""What may be asked of a project's caches."""

from collections.abc import Collection
from typing import Protocol

from thakur.accounts import Principal


class Caches(Protocol):
    """What the builds of a project leave for its next ones."""

    async def size_bytes(self, project_ids: Collection[int]) -> dict[int, int]:
        """How much lies there, by project id, as measured after the last build."""

    async def clear(self, principal: Principal, project_id: int) -> int:
        """Remove all of it; returns the bytes that are free now. A build that runs goes on and leaves nothing.

        May be called twice.
        """
