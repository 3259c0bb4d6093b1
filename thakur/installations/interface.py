"""GitHub Apps of teams, where they are installed, which project follows which repository, and what GitHub is told."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any, Protocol

import msgspec

from thakur.accounts import Action, Principal
from thakur.errors import Invalid, NotFound, Unavailable
from thakur.github import App, DeploymentState, Installation, Installed
from thakur.installations.filters import Filters, Held
from thakur.installations.permissions import Permission
from thakur.installations.rules import PreviewRules

# A method below is named `list`, which hides the type in the annotations after it.
list_of = list


class AppAsked(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An App that exists on GitHub, with what its owner was shown of it. Without a URL it is one of github.com."""

    app_id: int
    client_id: str
    client_secret: str
    private_key: str
    webhook_secret: str
    url: str = ""
    api_url: str = ""

    def __repr__(self) -> str:
        return f"AppAsked({self.app_id})"


class InstalledOn(msgspec.Struct, frozen=True, kw_only=True):
    """An installation: `active`, `suspended` or `gone`. `repositories` counts what it opens, where that is known.

    `lacks` is what the App is asked to be granted and was not: that much does not work there.
    """

    installation_id: int
    account: str
    is_organization: bool = False
    status: str
    repositories: int | None = None
    lacks: tuple[Permission, ...] = ()
    since: datetime


class GitHubApp(msgspec.Struct, frozen=True, kw_only=True):
    """An App, without its secrets. `hook_url` is where GitHub sends its events, `trouble` why it could not be asked.

    `is_pulled` says that nobody waits for them: GitHub is asked every few seconds what happened. Everybody sees its page on
    GitHub, its owner its settings.
    """

    app_id: int
    slug: str
    web_url: str
    api_url: str
    client_id: str
    hook_url: str
    is_pulled: bool = False
    owner: str = ""
    page_url: str = ""
    settings_url: str = ""
    trouble: str = ""
    installations: tuple[InstalledOn, ...] = ()
    created_at: datetime
    created_by: str


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """A repository that one of the team's Apps is installed on; `app` is the App's row."""

    app: int
    installation_id: int
    repository_id: int
    full_name: str
    url: str
    default_branch: str


class Connection(msgspec.Struct, frozen=True, kw_only=True):
    """A project that follows a repository, with what holds its pushes back.

    `default_branch` is the one that is built as the default one, empty where somebody named theirs.
    Of production's branch, `trouble` is why it cannot be looked at, as a sentence, and `held` the commit that is not built.
    """

    project_id: int
    team_id: int
    app: int
    installation_id: int
    repository_id: int
    full_name: str
    url: str
    default_branch: str = ""
    filters: Filters = Filters()
    previews: PreviewRules = PreviewRules()
    trouble: str = ""
    held: Held | None = None


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """What GitHub is to know of a commit's deployment: `number` is the project's own."""

    project_id: int
    number: int
    sha: str
    state: DeploymentState
    description: str
    environment: str = "production"
    context: str = ""
    log_url: str = ""
    environment_url: str = ""


class WebhookSecret(msgspec.Struct, frozen=True):
    """What an App's events are signed with: the secret of now, or the one before; `number` is GitHub's for the App."""

    app: int
    number: int
    secret: bytes

    def __repr__(self) -> str:
        return f"WebhookSecret({self.app})"


class AppRefused(Invalid):
    """What was given of an App does not fit together; `field` names it."""

    code = "github_app_refused"


class AppUnknown(NotFound):
    """The asker's teams have no such App, or it was removed."""

    code = "github_app_not_found"


class RepositoryShut(Unavailable):
    """GitHub does not open a repository that a project follows."""

    code = "github_repository_shut"


class RepositoryUnknown(NotFound):
    """No App of the team is installed on the repository."""

    code = "github_repository_unknown"


class Guard(Protocol):
    """Implemented above: whether somebody may do something with a project."""

    async def authorize(self, principal: Principal, project_id: int, action: Action) -> None:
        """Raises what tells the asker that they may not."""


class Apps(Protocol):
    """The Apps of teams."""

    async def add(self, principal: Principal, asked: AppAsked) -> GitHubApp:
        """Keep it, or give a known one new secrets; its old webhook secret counts for one day more.

        GitHub is asked, so wrong ones are refused. Raises AppRefused, AppKeyRefused, SiteRefused, CredentialsRefused,
        GitHubUnavailable, ActionForbidden.
        """

    async def list(self, principal: Principal) -> list[GitHubApp]:
        """Those of the principal's teams."""

    async def managed(self, principal: Principal) -> dict[int, GitHubApp]:
        """By their rows, those that the principal manages. Raises ActionForbidden for who manages none."""

    async def own(self, principal: Principal) -> list_of[int]:
        """The rows of the Apps that the principal's team has."""

    async def every(self) -> list_of[int]:
        """The rows of all Apps. For jobs, which act for nobody."""

    async def secrets(self) -> list_of[WebhookSecret]:
        """Every secret that an event may be signed with. Raises SecretUnreadable."""

    async def note(self, app: int, found: Installation, repositories: int | None = None) -> None:
        """Keep where it is installed, whether it is suspended, and how many repositories it opens, if that is known."""

    async def note_gone(self, app: int, installation_id: int) -> None:
        """It is installed there no more; what it has made stays."""


class Clients(Protocol):
    """The clients of Apps, by their rows. Raises SecretUnreadable, AppUnknown."""

    async def app(self, app: int) -> App:
        """What asks as the App."""

    async def installed(self, app: int, installation_id: int) -> Installed:
        """What asks as one of its installations."""


class Connections(Protocol):
    """Which project follows which repository."""

    async def find(self, principal: Principal, full_name: str) -> Found:
        """Ask GitHub for `OWNER/REPO`. Raises RepositoryUnknown, GitHubUnavailable."""

    async def connect(
        self, principal: Principal, project_id: int, found: Found, *, follows_default: bool = False
    ) -> None:
        """Follow the repository in place of another; production's branch is looked at now.

        Where nobody has named a branch, the default one is followed, also when it becomes another. Raises what the guard does.
        """

    async def of(self, project_ids: Collection[int]) -> dict[int, Connection]:
        """By project id; projects without one are left out."""

    async def every(self) -> list[Connection]:
        """All of them. For jobs, which act for nobody."""

    async def following(self, app: int, repository_id: int) -> list[Connection]:
        """Those of one repository."""

    async def change_filters(self, principal: Principal, project_id: int, changes: Mapping[str, Any]) -> Filters:
        """Hold pushes back by others from now on; None unsets. Its branches are looked at now.

        Raises FilterRefused, NotFollowing, and what the guard does.
        """

    async def at(self, app: int, installation_id: int) -> list_of[Connection]:
        """Those whose repository this installation opens."""

    async def moved(self, app: int, repository_id: int, installation_id: int, full_name: str, url: str) -> None:
        """The repository has another name, or another owner whose installation opens it now."""

    async def follow_default(self, project_id: int, branch: str) -> None:
        """The project builds another default branch now."""


class Reports(Protocol):
    """What GitHub is to know of deployments. It is told in the background; the last state wins."""

    async def open(self, connection: Connection, report: Report) -> None:
        """Begin to tell of a deployment, once."""

    async def living(self) -> list[Report]:
        """Those whose state may still become another by itself."""

    async def of(self, project_id: int, numbers: Collection[int]) -> list[Report]:
        """Those of a project that there are."""

    async def tell(self, report: Report, state: DeploymentState, description: str, environment_url: str = "") -> bool:
        """Have this state told; False when it is the one that was to be told already."""


class Lender(Protocol):
    """Tokens for single builds: each opens one repository, for reading."""

    async def lend(self, project_id: int, url: str) -> str:
        """What opens the URL, if the project follows it; else nothing. Give it back. Raises RepositoryShut.

        Builds of a repository that run at the same time are lent the same one.
        """

    async def lend_look(self, found: Found) -> str:
        """What opens a repository that no project follows yet, for a look at it. Give it back. Raises RepositoryShut."""

    async def renew(self, project_id: int, url: str, token: str) -> str:
        """Another in place of one that GitHub did not take."""

    async def give_back(self, token: str) -> None:
        """Have it revoked when nobody else holds it. Never raises for GitHub's sake."""
