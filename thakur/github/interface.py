"""What GitHub tells, and the ways in which it does not."""

from datetime import datetime
from typing import Literal

import msgspec

from thakur.errors import Forbidden, Invalid, NotFound, ThakurError, Unavailable
from thakur.github.sites import Site

# Of a deployment, in GitHub's own words.
DeploymentState = Literal["queued", "in_progress", "success", "failure", "error", "inactive"]
StatusState = Literal["pending", "success", "failure", "error"]


class AppKey(msgspec.Struct, frozen=True, kw_only=True):
    """A GitHub App as its site knows it, with the key that proves it."""

    site: Site
    app_id: int
    private_key: str

    def __repr__(self) -> str:
        return f"AppKey({self.site.web_url}, {self.app_id})"


class Account(msgspec.Struct, frozen=True):
    """A person or an organisation."""

    login: str
    type: str = ""

    @property
    def is_organization(self) -> bool:
        return self.type == "Organization"


class AppFound(msgspec.Struct, frozen=True):
    """The App itself."""

    id: int
    slug: str
    name: str = ""
    html_url: str = ""
    owner: Account | None = None


class Installation(msgspec.Struct, frozen=True, kw_only=True):
    """An App on an account; one that is suspended opens nothing."""

    id: int
    account: Account
    repository_selection: str = "selected"
    permissions: dict[str, str] | None = None
    created_at: datetime | None = None
    suspended_at: datetime | None = None
    # Where it is configured.
    html_url: str = ""


class Repository(msgspec.Struct, frozen=True, kw_only=True):
    """A repository. Its id stays when it is renamed or given to somebody else."""

    id: int
    full_name: str
    default_branch: str = "main"
    private: bool = False
    archived: bool = False
    fork: bool = False
    description: str | None = None
    language: str | None = None
    pushed_at: datetime | None = None
    # What whoever asked may do there: `admin`, `push`, `pull`.
    permissions: dict[str, bool] = {}


class RepositoryPage(msgspec.Struct, frozen=True, kw_only=True):
    """A part of a list; `next_page` is where it goes on."""

    repositories: tuple[Repository, ...]
    total: int
    next_page: int | None = None


class UserFound(msgspec.Struct, frozen=True, kw_only=True):
    """A person or an organisation. The number stays; the login may be another one tomorrow, and somebody else's then."""

    id: int
    login: str
    type: str = "User"


class Organization(msgspec.Struct, frozen=True):
    """An organisation that somebody is in."""

    id: int
    login: str


class TeamFound(msgspec.Struct, frozen=True):
    """A team of an organisation."""

    id: int
    slug: str
    organization: Organization | None = None


class UserToken(msgspec.Struct, frozen=True, kw_only=True):
    """What acts for a person, and what renews it. Without an end it lives until somebody revokes it."""

    access_token: str
    refresh_token: str = ""
    expires_at: datetime | None = None
    refresh_expires_at: datetime | None = None

    def __repr__(self) -> str:
        return f"UserToken(expires_at={self.expires_at})"


class Head(msgspec.Struct, frozen=True):
    """The newest commit of a branch."""

    sha: str
    message: str
    author: str


class Delivery(msgspec.Struct, frozen=True, kw_only=True):
    """One attempt of GitHub's to deliver an event; attempts of the same event share their `guid`."""

    id: int
    guid: str
    delivered_at: datetime
    status: str
    event: str = ""
    action: str | None = None
    repository_id: int | None = None
    redelivery: bool = False


class InstallationToken(msgspec.Struct, frozen=True):
    """What opens an installation's repositories for an hour. Nothing is read from its text, which may be 500 characters."""

    token: str
    expires_at: datetime

    def __repr__(self) -> str:
        return f"InstallationToken(expires_at={self.expires_at:%H:%M})"


class SiteRefused(Invalid):
    """The address of a GitHub is none; `field` says which."""

    code = "github_site_refused"


class AppKeyRefused(Invalid):
    """What was given is no private key of a GitHub App."""

    code = "github_key_refused"


class GitHubUnavailable(Unavailable):
    """GitHub does not answer, or asks for patience: try again after so many seconds."""

    code = "github_unavailable"

    def __init__(self, reason: str, retry_seconds: float) -> None:
        super().__init__(
            f"GitHub cannot be asked now: {reason}", hint=f"It is asked again in {max(1, round(retry_seconds))} s."
        )
        self.reason = reason
        self.retry_seconds = retry_seconds


class CredentialsRefused(ThakurError):
    """GitHub does not take the App's key or its token."""

    code = "github_credentials_refused"
    status = 422


class GrantRefused(ThakurError):
    """GitHub gives no token for a code or a refresh token; `reason` is in its own word."""

    code = "github_grant_refused"
    status = 422

    def __init__(self, reason: str) -> None:
        super().__init__(f"GitHub gives no token: {reason}", hint="Begin the sign-in again.")
        self.reason = reason


class NotPermitted(Forbidden):
    """The App lacks a permission, or its installation is suspended."""

    code = "github_not_permitted"


class NotThere(NotFound):
    """GitHub knows no such thing, or does not show it to the App."""

    code = "github_not_found"


class RequestRefused(Invalid):
    """GitHub understood and declined."""

    code = "github_refused"
