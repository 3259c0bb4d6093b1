"""Looking at a branch: when its newest commit is another than the one that was asked for last, that one is built."""

import logging
from collections.abc import Callable
from datetime import timedelta

from thakur.builds import Builds, GitSource
from thakur.errors import ThakurError
from thakur.github import GitHubUnavailable, Head
from thakur.installations import Clients, Connection, Connections, Look, Report, Reports
from thakur.projects import Projects, Repositories
from thakur.webhooks.handling import acting
from thakur.webhooks.skipping import asks_to_be_skipped

SUBJECT_CHARACTERS = 200

log = logging.getLogger(__name__)


class Heads:
    """The job of looks. `log_url` is where a project's deployment of that number is shown."""

    def __init__(
        self,
        clients: Clients,
        connections: Connections,
        projects: Projects,
        repositories: Repositories,
        builds: Builds,
        reports: Reports,
        log_url: Callable[[str, int], str],
    ) -> None:
        self._clients = clients
        self._connections = connections
        self._projects = projects
        self._repositories = repositories
        self._builds = builds
        self._reports = reports
        self._log_url = log_url

    async def look(self, look: Look) -> None:
        """Look, and have built what is new. Whatever goes wrong is told, and looked at again."""
        before = look.connection
        try:
            asked = await self._look(before)
        except GitHubUnavailable as error:
            again = timedelta(seconds=max(error.retry_seconds, 2.0))
            await self._connections.looked(look, again, asked=before.asked, trouble=error.message)
        except ThakurError as error:
            log.warning("branch cannot be looked at", extra={"project_id": before.project_id, "reason": error.message})
            trouble = " ".join(filter(None, (f"{error.message}.", error.hint)))
            await self._connections.looked(look, asked=before.asked, trouble=trouble)
        else:
            await self._connections.looked(look, asked=asked)

    async def _look(self, connection: Connection) -> str | None:
        kept = (await self._repositories.of([connection.project_id])).get(connection.project_id)
        if kept is None or kept.url != connection.url:
            # The project builds from elsewhere now.
            return connection.asked
        installed = await self._clients.installed(connection.app, connection.installation_id)
        head = await installed.head(connection.repository_id, kept.branch)
        if head is None:
            # When the branch is made again, it is built again.
            return None
        if head.sha == connection.asked:
            return head.sha
        if asks_to_be_skipped(head.message):
            log.info("commit asks to be skipped", extra={"project_id": connection.project_id, "commit": head.sha})
            return head.sha
        await self._build(connection, kept.branch, head)
        return head.sha

    async def _build(self, connection: Connection, branch: str, head: Head) -> None:
        source = GitSource(
            ref=branch,
            commit=head.sha,
            message=head.message.partition("\n")[0][:SUBJECT_CHARACTERS],
            author=head.author[:SUBJECT_CHARACTERS],
        )
        build = await self._builds.request_git(acting(connection), connection.project_id, source)
        project = await self._projects.by_id(connection.project_id)
        report = Report(
            project_id=connection.project_id,
            number=build.number,
            sha=head.sha,
            state="queued",
            description="Waiting to be built",
            context=f"thakur/{project.name}",
            log_url=self._log_url(project.name, build.number),
        )
        await self._reports.open(connection, report)
