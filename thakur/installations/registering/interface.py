"""Making an App on GitHub from here, and installing it: what is asked, and what comes back."""

from typing import Protocol

import msgspec

from thakur.accounts import Principal
from thakur.errors import Invalid
from thakur.github import Site
from thakur.installations.interface import GitHubApp
from thakur.installations.permissions import Permission


class RegistrationAsked(msgspec.Struct, frozen=True, kw_only=True):
    """Where an App is to be made: on which GitHub, and for which organisation, or oneself."""

    url: str = ""
    api_url: str = ""
    organization: str = ""


class Registration(msgspec.Struct, frozen=True, kw_only=True):
    """What a browser leaves for GitHub with: it posts the manifest to `action`.

    `trouble` says why GitHub cannot send events here; those of a *pulled* App are read from its log instead.
    """

    web_url: str
    api_url: str
    organization: str
    action: str
    manifest: str
    base_url: str
    hook_url: str
    permissions: tuple[Permission, ...]
    events: tuple[str, ...]
    trouble: str
    is_pulled: bool


class Registered(msgspec.Struct, frozen=True):
    """The App that was made, and where it is installed next."""

    app: GitHubApp
    install_url: str


class StateRefused(Invalid):
    """Nobody left with that state, or somebody else did, or it has come back before."""

    code = "github_state_refused"


class InstallationRefused(Invalid):
    """The installation is not one of the App's, or not one of the asker's."""

    code = "github_installation_refused"


class Viewer(Protocol):
    """Implemented above: what the asker sees on GitHub with their own rights."""

    async def sees(self, principal: Principal, app: int, installation_id: int) -> bool | None:
        """Whether the installation is one of theirs; None when they have not signed in through the App. Raises what GitHub does."""


class Registrations(Protocol):
    """From the dashboard to GitHub and back. Whoever asks manages the team's Apps, or ActionForbidden is raised."""

    @property
    def default(self) -> Site:
        """The GitHub that is meant where nothing is said."""

    async def begin(self, principal: Principal, asked: RegistrationAsked) -> Registration:
        """Get ready to leave. Raises SiteRefused, AppRefused."""

    async def finish(self, principal: Principal, code: str, state: str) -> Registered:
        """Keep the App that GitHub gives for the code. Raises StateRefused, CodeUnusable, AppRefused, GitHubUnavailable."""

    async def install(self, principal: Principal, app_id: int, url: str = "") -> str:
        """Where an App is installed on one more account. Raises AppUnknown."""

    async def installed(self, principal: Principal, installation_id: int, state: str) -> GitHubApp:
        """Take an installation that somebody comes back with: one of the App's and, as far as they are known there, theirs.

        Raises StateRefused, InstallationRefused, GitHubUnavailable.
        """
