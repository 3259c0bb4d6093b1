"""Looking at a track: when its newest commit is another than the one that was asked for last, that one is built."""

import logging
from collections.abc import Callable
from datetime import timedelta

from msgspec.structs import replace

from thakur.builds import Builds, GitSource
from thakur.errors import ThakurError
from thakur.github import GitHubUnavailable, Installed
from thakur.installations import Clients, Look, Report, Reports, Seen, Track, Tracks
from thakur.projects import EnvironmentGoing, Environments, Project, Projects, Repositories
from thakur.webhooks.acting import acting, production_of
from thakur.webhooks.filters.filtering import SUBJECT_CHARACTERS, Filtering, again_after
from thakur.webhooks.filters.tags import beginning, newest, rank
from thakur.webhooks.previews.tips import Tip, is_approved, is_wanted, tip_of

# An environment that is just being removed takes about so long.
GOING = timedelta(seconds=2)

log = logging.getLogger(__name__)


class Heads:
    """The job of looks. `log_url` is where a project's deployment of that number is shown."""

    def __init__(
        self,
        clients: Clients,
        tracks: Tracks,
        projects: Projects,
        repositories: Repositories,
        environments: Environments,
        builds: Builds,
        reports: Reports,
        filtering: Filtering,
        log_url: Callable[[str, int], str],
    ) -> None:
        self._clients = clients
        self._tracks = tracks
        self._projects = projects
        self._repositories = repositories
        self._environments = environments
        self._builds = builds
        self._reports = reports
        self._filtering = filtering
        self._log_url = log_url

    async def look(self, look: Look) -> None:
        """Look, and have built what is new. Whatever goes wrong is told, and looked at again."""
        before = look.track
        same = Seen.of(before)
        try:
            seen: Seen | None = await self._look(before, same)
        except EnvironmentGoing:
            seen = replace(same, again=GOING)
        except GitHubUnavailable as error:
            again = timedelta(seconds=max(error.retry_seconds, 2.0))
            seen = replace(same, trouble=error.message, again=again)
        except ThakurError as error:
            log.warning("branch cannot be looked at", extra={"project_id": before.project_id, "reason": error.message})
            trouble = " ".join(filter(None, (f"{error.message}.", error.hint)))
            seen = replace(same, trouble=trouble)
        if seen is not None:
            await self._tracks.looked(look, seen)

    async def _look(self, track: Track, same: Seen) -> Seen | None:
        connection = track.connection
        production = production_of(connection, await self._repositories.of([track.project_id]))
        if production is None or not (track.is_production or is_wanted(track, connection.previews, production)):
            return await self._without(track, same)
        installed = await self._clients.installed(connection.app, connection.installation_id)
        if track.is_production and connection.filters.tags:
            return await self._look_at_tags(track, same, installed)
        tip = await tip_of(installed, track, production if track.is_production else track.branch)
        if tip is None:
            # When production's branch is made again, it is built again.
            return await self._without(track, Seen(asked=None, built=None))
        return await self._settle(track, same, tip, installed)

    async def _look_at_tags(self, track: Track, same: Seen, installed: Installed) -> Seen:
        commits, pattern = installed.commits(track.connection.repository_id), track.connection.filters.tags
        tag = newest(await commits.tags(beginning(pattern)), pattern)
        # That a tag is taken away brings no older one back.
        if tag is None or (track.tag and rank(tag) < rank(track.tag)):
            return same
        tip = Tip(tag, await commits.of_tag(tag))
        return replace(await self._settle(track, same, tip, installed), tag=tag)

    async def _settle(self, track: Track, same: Seen, tip: Tip, installed: Installed) -> Seen:
        head = tip.head
        if track.waits is not None and head.sha in (track.asked, track.declined):
            # A forced push went back to one that was decided about.
            await self._tracks.wait(track.id, None, tip.title)
        if head.sha == track.declined:
            return same
        if head.sha == track.asked and not (head.sha == track.anyway != track.built):
            # Whatever was pushed since was taken back.
            return same if same.held and same.held.commit == head.sha else replace(same, held=None)
        if not is_approved(track, head.sha):
            await self._tracks.wait(track.id, head.sha, tip.title)
            return same
        return await self._judge(track, tip, installed)

    async def _judge(self, track: Track, tip: Tip, installed: Installed) -> Seen:
        head = tip.head
        project = await self._projects.by_id(track.project_id)
        commits = installed.commits(track.connection.repository_id)
        held = await self._filtering.judge(commits, project, track, head)
        if held is None:
            await self._build(track, project, tip)
            return Seen(asked=head.sha, built=head.sha)
        if track.held is None or held.commit != track.held.commit:
            log.info("commit is held back", extra={"project_id": project.id, "commit": held.commit, "reason": held.why})
        # Checks may still become others, and then it is judged again.
        return Seen(
            asked=track.asked if held.by_checks else head.sha, built=track.built, held=held, again=again_after(held)
        )

    async def _without(self, track: Track, seen: Seen) -> Seen | None:
        # What is live in production stays live; a preview goes with what it is of.
        if track.is_production:
            return seen
        await self._environments.remove(track.project_id, track.label)
        await self._tracks.end(track.id)
        return None

    async def _build(self, track: Track, project: Project, tip: Tip) -> None:
        head = tip.head
        source = GitSource(
            ref=tip.ref,
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
            environment=track.label if track.is_production else f"preview/{track.branch or track.label}",
            context=f"thakur/{project.name}" if track.is_production else f"thakur/{project.name}/preview",
            log_url=self._log_url(project.name, build.number),
        )
        await self._reports.open(connection, report)
