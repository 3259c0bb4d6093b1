"""Looking at a track: when its newest commit is another than the one that was asked for last, that one is built."""

import logging
from collections.abc import Callable
from datetime import timedelta

from thakur.builds import Builds, GitSource
from thakur.errors import ThakurError
from thakur.github import GitHubUnavailable, Head
from thakur.installations import Clients, Look, Report, Reports, Track, Tracks
from thakur.projects import Projects, Repositories
from thakur.webhooks.handling import acting, branch_of
from thakur.webhooks.skipping import asks_to_be_skipped

SUBJECT_CHARACTERS = 200

log = logging.getLogger(__name__)


class Heads:
    """The job of looks. `log_url` is where a project's deployment of that number is shown."""

    def __init__(
        self,
        clients: Clients,
        tracks: Tracks,
        projects: Projects,
        repositories: Repositories,
        builds: Builds,
        reports: Reports,
        log_url: Callable[[str, int], str],
    ) -> None:
        self._clients = clients
        self._tracks = tracks
        self._projects = projects
        self._repositories = repositories
        self._builds = builds
        self._reports = reports
        self._log_url = log_url

    async def look(self, look: Look) -> None:
        """Look, and have built what is new. Whatever goes wrong is told, and looked at again."""
        before = look.track
        try:
            asked = await self._look(before)
        except GitHubUnavailable as error:
            again = timedelta(seconds=max(error.retry_seconds, 2.0))
            await self._tracks.looked(look, again, asked=before.asked, trouble=error.message)
        except ThakurError as error:
            log.warning("branch cannot be looked at", extra={"project_id": before.project_id, "reason": error.message})
            trouble = " ".join(filter(None, (f"{error.message}.", error.hint)))
            await self._tracks.looked(look, asked=before.asked, trouble=trouble)
        else:
            await self._tracks.looked(look, asked=asked)

    async def _look(self, track: Track) -> str | None:
        branch = branch_of(track, await self._repositories.of([track.project_id]))
        if branch is None:
            return track.asked
        connection = track.connection
        installed = await self._clients.installed(connection.app, connection.installation_id)
        head = await installed.head(connection.repository_id, branch)
        if head is None:
            # When the branch is made again, it is built again.
            return None
        if head.sha == track.asked:
            return head.sha
        if asks_to_be_skipped(head.message):
            log.info("commit asks to be skipped", extra={"project_id": track.project_id, "commit": head.sha})
            return head.sha
        await self._build(track, branch, head)
        return head.sha

    async def _build(self, track: Track, branch: str, head: Head) -> None:
        source = GitSource(
            ref=branch,
            commit=head.sha,
            message=head.message.partition("\n")[0][:SUBJECT_CHARACTERS],
            author=head.author[:SUBJECT_CHARACTERS],
        )
        connection = track.connection
        principal = acting(connection.team_id, track.pushed_by)
        build = await self._builds.request_git(principal, track.project_id, source, track.label)
        project = await self._projects.by_id(track.project_id)
        report = Report(
            project_id=track.project_id,
            number=build.number,
            sha=head.sha,
            state="queued",
            description="Waiting to be built",
            environment=track.label if track.is_production else f"preview/{branch}",
            context=f"thakur/{project.name}",
            log_url=self._log_url(project.name, build.number),
        )
        await self._reports.open(connection, report)
