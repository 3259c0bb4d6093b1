"""The repository of a project, and what the rooms above may ask of it."""

from collections.abc import Collection
from typing import Protocol

import msgspec

from thakur.accounts import Principal
from thakur.errors import Invalid


class Repository(msgspec.Struct, frozen=True, kw_only=True):
    """Where a project's commits are: `branch` is the one that is built, or empty for the remote's HEAD."""

    url: str
    branch: str = ""
    has_token: bool = False


class RepositoryMissing(Invalid):
    """A build of the project's repository was asked for, and none is named."""

    code = "repository_missing"


class GitTokenRefused(Invalid):
    """What was given is no token."""

    code = "git_token_refused"


class Repositories(Protocol):
    """Repositories of projects, one each at most."""

    async def of(self, project_ids: Collection[int]) -> dict[int, Repository]:
        """By project id; projects without one are left out."""

    def check(self, url: str, branch: str, token: str | None) -> None:
        """Raise what `set` would of these; an empty URL is no repository, and then there is neither branch nor token."""

    async def set(
        self, principal: Principal, project_id: int, url: str, branch: str | None = None, token: str | None = None
    ) -> Repository:
        """Name it. Without a branch or a token those that were given for the same URL stay; the empty ones forget them.

        Raises GitRefused, GitTokenRefused, and what `authorize` does.
        """

    async def forget(self, principal: Principal, project_id: int) -> None:
        """The project has none any more, if it had one. Raises what `authorize` does."""

    async def token(self, project_id: int, url: str) -> str:
        """The token for exactly this URL, or nothing. For jobs, which act for nobody. Raises SecretUnreadable."""
