"""Comments on pull requests: one for each pull request and project, which always says what is the case."""

from collections.abc import Collection
from typing import Protocol

import msgspec

from thakur.installations.interface import Connection


class Comment(msgspec.Struct, frozen=True, kw_only=True):
    """What a pull request is to be told. `branch` is the one that it is to merge, empty when it comes from a fork."""

    project_id: int
    pull_request: int
    branch: str = ""
    is_open: bool = True
    body: str = ""


class Comments(Protocol):
    """What pull requests are to be told. It is told in the background; the last words win."""

    async def note(self, connection: Connection, pull_request: int, branch: str, *, is_open: bool) -> None:
        """A pull request is there, or is closed."""

    async def every(self, project_ids: Collection[int] | None = None) -> list[Comment]:
        """Those of open pull requests, and of closed ones that were told something else than that."""

    async def tell(self, comment: Comment, body: str) -> bool:
        """Have this told; False when it is what was to be told already."""
