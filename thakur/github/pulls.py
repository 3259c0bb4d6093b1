"""Pull requests of a repository, and the comments on them."""

from typing import Any

import msgspec

from thakur.github.app import PAGE
from thakur.github.installed import Installed
from thakur.github.interface import NotThere


class _Owned(msgspec.Struct, frozen=True):
    id: int


class End(msgspec.Struct, frozen=True):
    """What is merged, or where to: a branch and its newest commit. Without a repository it was a fork's that is gone."""

    ref: str
    sha: str
    repo: _Owned | None = None


class PullRequest(msgspec.Struct, frozen=True, kw_only=True):
    """A pull request: what it is to merge, as of now."""

    number: int
    state: str
    title: str
    head: End
    base: End

    @property
    def is_open(self) -> bool:
        return self.state == "open"

    @property
    def is_fork(self) -> bool:
        """Whether its commits come from elsewhere than the repository itself."""
        return self.head.repo is None or self.base.repo is None or self.head.repo.id != self.base.repo.id

    @property
    def ref(self) -> str:
        """Where the repository itself has its commits."""
        return f"refs/pull/{self.number}/head"


class PullRequests:
    """Asks of one repository's, as an installation."""

    def __init__(self, installed: Installed, repository_id: int) -> None:
        self._installed = installed
        self._path = f"/repositories/{repository_id}"

    async def one(self, number: int) -> PullRequest | None:
        """It, or None when there is none of that number. Raises NotThere when the repository is gone."""
        try:
            data = (await self._installed.ask("GET", f"{self._path}/pulls/{number}")).data
        except NotThere:
            await self._installed.ask("GET", self._path)
            return None
        return msgspec.convert(data, PullRequest, strict=False)

    async def every_open(self) -> list[PullRequest]:
        """Those that are open."""
        found = await self._installed.listed(f"{self._path}/pulls?state=open&per_page={PAGE}")
        return msgspec.convert(found, list[PullRequest], strict=False)

    async def comment_of(self, number: int, app_id: int, marker: str) -> int | None:
        """The App's own comment that holds the marker, if there is one."""
        for each in await self._installed.listed(f"{self._path}/issues/{number}/comments?per_page={PAGE}"):
            if marker in (each.get("body") or "") and _app_of(each) == app_id:
                return int(each["id"])
        return None

    async def comment(self, number: int, body: str) -> int:
        """Make a comment; its id."""
        path = f"{self._path}/issues/{number}/comments"
        return int((await self._installed.ask("POST", path, {"body": body})).data["id"])

    async def change_comment(self, comment_id: int, body: str) -> None:
        """Raises NotThere when somebody has removed it."""
        await self._installed.ask("PATCH", f"{self._path}/issues/comments/{comment_id}", {"body": body})


def _app_of(comment: dict[str, Any]) -> int | None:
    # What anybody else has written, marker or not, is theirs.
    through = comment.get("performed_via_github_app") or {}
    return through.get("id")
