"""What the API needs from whoever wires it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import msgspec

from thakur.accounts import Accounts, Devices, IdempotencyKeys, Links, Sessions, Teams, Tokens
from thakur.builds import Builds, Caches, Plans
from thakur.errors import Forbidden, Malformed, Unauthenticated, Unavailable
from thakur.identities import Allowances, Browser, Identities, SignIns
from thakur.installations import Apps, Connections, Lender, Registrations, Tracks, Upkeep
from thakur.logs import Logs
from thakur.projects import Environments, EnvVars, Pastes, Projects, Repositories
from thakur.runtime import Edges, Rollouts, Runtime
from thakur.webhooks import Deliveries, Previews


@dataclass(frozen=True, slots=True)
class ApiServices:
    """The services behind the resources.

    `ready` names what is missing before requests can be served; `project_url` is where visitors find a project's production,
    `dashboard_url` where a path of the dashboard is found from outside.
    """

    accounts: Accounts
    links: Links
    sessions: Sessions
    tokens: Tokens
    devices: Devices
    teams: Teams
    idempotency_keys: IdempotencyKeys
    projects: Projects
    environments: Environments
    env_vars: EnvVars
    pastes: Pastes
    repositories: Repositories
    github_apps: Apps
    connections: Connections
    identities: Identities
    sign_ins: SignIns
    allowances: Allowances
    browser: Browser
    lender: Lender
    tracks: Tracks
    registrations: Registrations
    upkeep: Upkeep
    deliveries: Deliveries
    previews: Previews
    builds: Builds
    plans: Plans
    caches: Caches
    runtime: Runtime
    rollouts: Rollouts
    edges: Edges
    logs: Logs
    ready: Callable[[], Awaitable[list[str]]]
    project_url: Callable[[str], str]
    dashboard_url: Callable[[str], str]


class Host(msgspec.Struct, frozen=True, kw_only=True):
    """The server that answers, for its operator. `not_enforced` holds what its sandbox cannot do here, and why."""

    version: str
    pid: int
    data_dir: str
    address: str
    http: str
    base_domain: str
    not_enforced: dict[str, str] = {}


DescribeHost = Callable[[], Awaitable[Host]]


class PrincipalMissing(Unauthenticated):
    """The request says of nobody that they are asking."""

    code = "principal_missing"


def principal_missing() -> PrincipalMissing:
    """What is said at the door to whoever says not who they are."""
    return PrincipalMissing(
        "This needs to know who is asking",
        hint="Run: thakur login, or send a token as Authorization: Bearer thk_…. On the server itself the local socket needs none.",
    )


class RequestForeign(Forbidden):
    """No page of the session that the cookie belongs to has asked for this."""

    code = "request_foreign"


class LoginUnsafe(Forbidden):
    """Somebody between here and there could read along, so nobody is signed in."""

    code = "login_unsafe"


def login_unsafe() -> LoginUnsafe:
    """What is said to whoever would be given a secret where others can read it."""
    return LoginUnsafe(
        "Signing in needs https: this came over plain HTTP, and whoever stands between could read along",
        hint="Open the dashboard through an ssh tunnel, or put https in front of it and name that in THAKUR_PUBLIC_URL"
        " and THAKUR_TRUSTED_PROXIES.",
    )


class UploadBroken(Malformed):
    """The client went away in the middle of an upload."""

    code = "upload_broken"


class StreamsTaken(Unavailable):
    """As many event streams are open as one listener takes."""

    code = "streams_taken"
