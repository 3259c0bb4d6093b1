"""What somebody sees of GitHub through their team's Apps."""

from datetime import datetime
from typing import Protocol

import msgspec

from thakur.accounts import Principal
from thakur.errors import Forbidden
from thakur.installations import Found


class AccountSeen(msgspec.Struct, frozen=True, kw_only=True):
    """A person or an organisation where an App of the team is installed; `page_url` is where that is changed."""

    installation_id: int
    account: str
    is_suspended: bool
    page_url: str


class RepositorySeen(msgspec.Struct, frozen=True, kw_only=True):
    """A repository that both the asker and the App may read."""

    repository_id: int
    full_name: str
    is_private: bool
    is_archived: bool
    default_branch: str
    language: str
    pushed_at: datetime | None


class Seen(msgspec.Struct, frozen=True, kw_only=True):
    """Accounts, and the repositories of those that were asked for, last pushed first.

    `has_apps` is whether the team has any App. `by_app` says that what the Apps may see is shown, to somebody who manages
    them and has not signed in with GitHub. `is_cut` says that there are more than are looked through.
    """

    accounts: tuple[AccountSeen, ...] = ()
    repositories: tuple[RepositorySeen, ...] = ()
    has_apps: bool = True
    by_app: bool = False
    is_cut: bool = False


class SignInNeeded(Forbidden):
    """Nobody knows who the asker is on GitHub, so nothing is shown."""

    code = "github_sign_in_needed"


class Browser(Protocol):
    """Repositories with the asker's own rights: GitHub is asked as the asker.

    Only who manages the team's Apps, and has not signed in with GitHub, sees what the Apps see.
    """

    async def look(self, principal: Principal, installation_id: int | None = None) -> Seen:
        """All that there is, or what is in one installation. Raises SignInNeeded, SignInAgain, GitHubUnavailable."""

    async def choose(self, principal: Principal, full_name: str) -> Found:
        """The repository, if the asker may read it and the App is installed there.

        Raises RepositoryUnknown, SignInNeeded, SignInAgain, GitHubUnavailable.
        """

    async def folders(self, found: Found, branch: str) -> list[str]:
        """The folders that hold a package.json, the root as `.` first; none when the branch is not there."""
