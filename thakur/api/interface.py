"""What the API needs from whoever wires it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import msgspec

from thakur.accounts import Accounts
from thakur.builds import Builds, Caches
from thakur.errors import Malformed, Unauthenticated, Unavailable
from thakur.logs import Logs
from thakur.projects import EnvVars, Projects
from thakur.runtime import Edges, Rollouts, Runtime


@dataclass(frozen=True, slots=True)
class ApiServices:
    """The services behind the resources.

    `ready` names what is missing before requests can be served; `project_url` is where visitors find a project's production.
    """

    accounts: Accounts
    projects: Projects
    env_vars: EnvVars
    builds: Builds
    caches: Caches
    runtime: Runtime
    rollouts: Rollouts
    edges: Edges
    logs: Logs
    ready: Callable[[], Awaitable[list[str]]]
    project_url: Callable[[str], str]


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


class UploadBroken(Malformed):
    """The client went away in the middle of an upload."""

    code = "upload_broken"


class StreamsTaken(Unavailable):
    """As many event streams are open as one listener takes."""

    code = "streams_taken"
