"""Looking at a track: when its newest commit is another than the one that was asked for last, that one is built."""

import logging
from collections.abc import Callable
from datetime import timedelta

from msgspec.structs import replace

from thakur.builds import Builds, GitSource
from thakur.errors import ThakurError
from thakur.github import GitHubUnavailable, Head
from thakur.installations import Clients, Look, Report, Reports, Seen, Track, Tracks
from thakur.projects import Project, Projects, Repositories
from thakur.webhooks.filters.filtering import SUBJECT_CHARACTERS, Filtering, again_after
from thakur.webhooks.handling import acting, branch_of

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
        filtering: Filtering,
        log_url: Callable[[str, int], str],
    ) -> None:
        self._clients = clients
        self._tracks = tracks
        self._projects = projects
        self._repositories = repositories
        self._builds = builds
        self._reports = reports
        self._filtering = filtering
        self._log_url = log_url

    async def look(self, look: Look) -> None:
        """Look, and have built what is new. Whatever goes wrong is told, and looked at again."""
        before = look.track
        same = Seen(asked=before.asked, built=before.built, held=before.held)
        try:
            seen = await self._look(before, same)
        except GitHubUnavailable as error:
            again = timedelta(seconds=max(error.retry_seconds, 2.0))
            seen = replace(same, trouble=error.message, again=again)
        except ThakurError as error:
            log.warning("branch cannot be looked at", extra={"project_id": before.project_id, "reason": error.message})
            trouble = " ".join(filter(None, (f"{error.message}.", error.hint)))
            seen = replace(same, trouble=trouble)
        await self._tracks.looked(look, seen)

    async def _look(self, track: Track, same: Seen) -> Seen:
        branch = branch_of(track, await self._repositories.of([track.project_id]))
        if branch is None:
            return same
        connection = track.connection
        installed = await self._clients.installed(connection.app, connection.installation_id)
        head = await installed.head(connection.repository_id, branch)
        if head is None:
            # When the branch is made again, it is built again.
            return Seen(asked=None, built=None)
        if head.sha == track.asked and not (head.sha == track.anyway != track.built):
            # Whatever was pushed since was taken back.
            return same if same.held and same.held.commit == head.sha else replace(same, held=None)
        project = await self._projects.by_id(track.project_id)
        held = await self._filtering.judge(installed.commits(connection.repository_id), project, track, head)
        if held is None:
            await self._build(track, project, branch, head)
            return Seen(asked=head.sha, built=head.sha)
        if track.held is None or held.commit != track.held.commit:
            log.info("commit is held back", extra={"project_id": project.id, "commit": held.commit, "reason": held.why})
        # Checks may still become others, and then it is judged again.
        return Seen(
            asked=track.asked if held.by_checks else head.sha, built=track.built, held=held, again=again_after(held)
        )

    async def _build(self, track: Track, project: Project, branch: str, head: Head) -> None:
        source = GitSource(
            ref=branch,
            commit=head.sha,
            message=head.message.partition("\n")[0][:SUBJECT_CHARACTERS],
            author=head.author[:SUBJECT_CHARACTERS],
        )
        connection = track.connection
        principal = acting(connection.team_id, track.pushed_by)
        build = await self._builds.request_git(principal, track.project_id, source, track.label)
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
