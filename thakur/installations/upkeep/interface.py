"""Looking after Apps that are there already."""

from typing import Protocol

from thakur.accounts import Principal
from thakur.errors import Conflict, NotFound
from thakur.installations.interface import GitHubApp


class AppAmbiguous(NotFound):
    """Two GitHubs have an App of that number; the URL says which."""

    code = "github_app_ambiguous"


class AddressMissing(Conflict):
    """GitHub cannot be told where this server is, because nothing says so."""

    code = "public_url_missing"


class Upkeep(Protocol):
    """An App is named by GitHub's number of it and, where two GitHubs have the same, by the GitHub's address.

    Whoever asks manages the App's team's Apps, or ActionForbidden is raised; another team's is AppUnknown.
    """

    async def refresh(self, app: int) -> str:
        """Ask GitHub about the App of that row; returns what is in the way, if anything is. For jobs too."""

    async def look_again(self, principal: Principal) -> None:
        """Ask GitHub about all Apps of the asker's team. What is in the way is kept as their trouble."""

    def hook_url(self, app: GitHubApp) -> str:
        """Where its GitHub is to send its events; empty where no address of this server is known."""

    async def set_hook(
        self, principal: Principal, app_id: int, url: str = "", *, is_new_secret: bool = False
    ) -> GitHubApp:
        """Tell GitHub where to send the App's events. When they are signed anew, the secret before counts a day more.

        Raises AppUnknown, AppAmbiguous, AddressMissing, CredentialsRefused, GitHubUnavailable.
        """

    async def remove(self, principal: Principal, app_id: int, url: str = "") -> GitHubApp:
        """Forget it with its secrets: projects follow its repositories no more. On GitHub it stays, for its owner to delete.

        Raises AppUnknown, AppAmbiguous.
        """
