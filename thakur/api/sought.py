"""What of a project's history is meant, as an address says: an environment, a status, a branch."""

from typing import Annotated
from urllib.parse import urlencode

import msgspec
from litestar.params import QueryParameter

from thakur.builds import BuildsSought, BuildStatus
from thakur.projects import PRODUCTION, Project, Projects, Scope
from thakur.runtime import DeploymentsSought, DeploymentStatus

# In order of life. A build that succeeded is what became of it.
STATUSES = (
    "queued",
    "running",
    "starting",
    "checking",
    "active",
    "standby",
    "retired",
    "failed",
    "canceled",
    "superseded",
)

InEnvironment = Annotated[str, QueryParameter(name="environment", max_length=63)]
OfStatus = Annotated[str, QueryParameter(name="status", max_length=20)]
OfBranch = Annotated[str, QueryParameter(name="branch", max_length=255)]


class Sought(msgspec.Struct, frozen=True, kw_only=True):
    """The numbers that fit all that is given. `preview` as an environment is any preview; `*` in a branch is any characters."""

    environment: str = ""
    status: str = ""
    branch: str = ""

    @property
    def is_all(self) -> bool:
        return self == Sought()

    def query(self, before: int | None = None) -> str:
        """Itself as an address's query, with the question mark; nothing for everything."""
        told = {name: getattr(self, name) for name in self.__struct_fields__} | {"before": before}
        given = {name: value for name, value in told.items() if value}
        return f"?{urlencode(given)}" if given else ""

    async def environment_ids(self, projects: Projects, project: Project) -> tuple[int, ...] | None:
        """Those that are meant of the project's; None for all of them."""
        if not self.environment:
            return None
        return tuple(one.id for one in await projects.environments(project.id) if self._means(one.label))

    def builds(self, environment_ids: tuple[int, ...] | None) -> BuildsSought | None:
        """What to ask of builds; None when no build without a deployment has that status."""
        if self.status == BuildStatus.SUCCEEDED or (self.status and self.status not in set(BuildStatus)):
            return None
        status = BuildStatus(self.status) if self.status else None
        return BuildsSought(environment_ids=environment_ids, status=status, branch=self.branch)

    def deployments(self, environment_ids: tuple[int, ...] | None) -> DeploymentsSought | None:
        """What to ask of deployments; None when none has that status."""
        if self.status and self.status not in set(DeploymentStatus):
            return None
        status = DeploymentStatus(self.status) if self.status else None
        return DeploymentsSought(environment_ids=environment_ids, status=status, branch=self.branch)

    def _means(self, label: str) -> bool:
        return label != PRODUCTION if self.environment == Scope.PREVIEW else label == self.environment
