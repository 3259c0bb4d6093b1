"""What becomes of a pull request: one from a fork is followed itself, any other is told of its branch's preview."""

from thakur.github import PullRequest, PullRequests
from thakur.installations import Begun, Clients, Comments, Connection, Track, Tracks
from thakur.projects import Environments, Repositories, fork_label
from thakur.webhooks.acting import acting, branch_of
from thakur.webhooks.previews.due import room_for_forks


class Pulls:
    """Looks at pull requests, one by one. Each look may come twice and in any order."""

    def __init__(
        self,
        clients: Clients,
        tracks: Tracks,
        comments: Comments,
        environments: Environments,
        repositories: Repositories,
    ) -> None:
        self._clients = clients
        self._tracks = tracks
        self._comments = comments
        self._environments = environments
        self._repositories = repositories

    async def look(self, connection: Connection, number: int, action: str = "", sender: str = "") -> None:
        """Do what follows from what GitHub says of it now; that it was opened again only an event's `action` tells."""
        installed = await self._clients.installed(connection.app, connection.installation_id)
        pull = await PullRequests(installed, connection.repository_id).one(number)
        tracks = await self._tracks.of([connection.project_id])
        if pull is None:
            await self._comments.note(connection, number, "", is_open=False)
        elif pull.is_fork:
            await self._fork(connection, pull, tracks, sender)
        else:
            await self._own(connection, pull, tracks, action)

    async def begin(self, connection: Connection, pull: PullRequest, sender: str = "") -> None:
        """Follow a fork's, which is looked at then."""
        wanted = Begun(labels=(fork_label(pull.number),), pull_request=pull.number, title=pull.title, pushed_by=sender)
        await self._tracks.begin(connection.project_id, wanted)
        await self._comments.note(connection, pull.number, "", is_open=True)

    async def _fork(self, connection: Connection, pull: PullRequest, tracks: list[Track], sender: str) -> None:
        followed = [each.id for each in tracks if each.pull_request == pull.number]
        if pull.is_open and connection.previews.is_on and not followed and room_for_forks(tracks):
            await self.begin(connection, pull, sender)
            return
        await self._comments.note(connection, pull.number, "", is_open=pull.is_open and bool(followed))
        await self._tracks.look_soon(followed, sender)

    async def _own(self, connection: Connection, pull: PullRequest, tracks: list[Track], action: str) -> None:
        branch = pull.head.ref
        repositories = await self._repositories.of([connection.project_id])
        if branch in [branch_of(each, repositories) for each in tracks if each.is_production]:
            return
        is_told = pull.is_open and connection.previews.is_on
        await self._comments.note(connection, pull.number, branch, is_open=is_told)
        for track in [each for each in tracks if each.branch == branch]:
            if action == "reopened" and pull.is_open and track.declined == pull.head.sha:
                await self._tracks.want(track.id)
            elif not pull.is_open and track.asked == pull.head.sha and track.declined is None:
                await self._close(connection, pull, track)

    async def _close(self, connection: Connection, pull: PullRequest, track: Track) -> None:
        others = [
            each
            for each in await self._comments.every([connection.project_id])
            if each.is_open and each.branch == track.branch and each.pull_request != pull.number
        ]
        if not others:
            # What is pushed to the branch after that has a preview again.
            await self._tracks.decline(acting(connection.team_id), track, pull.head.sha)
            await self._environments.remove(track.project_id, track.label)
