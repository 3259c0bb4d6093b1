"""What follows from an event. It is a hint: whatever is done is done by what GitHub's API says then."""

from collections.abc import Awaitable, Callable

from thakur.identities import Identities
from thakur.installations import Apps, Clients, Connections, Tracks
from thakur.projects import Repositories
from thakur.webhooks.acting import branch_of, production_of
from thakur.webhooks.events import Event
from thakur.webhooks.filters.tags import REFS
from thakur.webhooks.moving import Moving
from thakur.webhooks.previews.branches import Branches
from thakur.webhooks.previews.pulls import Pulls

Handler = Callable[[int, Event], Awaitable[None]]


class Handling:
    """Acts on events; each may come twice, late, and in any order."""

    def __init__(
        self,
        apps: Apps,
        clients: Clients,
        connections: Connections,
        tracks: Tracks,
        repositories: Repositories,
        identities: Identities,
        branches: Branches,
        pulls: Pulls,
    ) -> None:
        self._apps = apps
        self._clients = clients
        self._connections = connections
        self._tracks = tracks
        self._repositories = repositories
        self._branches = branches
        self._pulls = pulls
        self._identities = identities
        self._moving = Moving(apps, clients, connections, tracks, repositories)

    async def act(self, app: int, event: Event) -> None:
        """Raises what GitHub's client raises, to be called again."""
        handlers: dict[str, Handler] = {
            "push": self._branch_changed,
            "create": self._branch_changed,
            "delete": self._branch_changed,
            "pull_request": self._pull_changed,
            "status": self._checks_changed,
            "check_run": self._checks_changed,
            "check_suite": self._checks_changed,
            "installation": self._installation_changed,
            "installation_repositories": self._installation_changed,
            "installation_target": self._account_renamed,
            "repository": self._repository_changed,
            "github_app_authorization": self._authorization_revoked,
        }
        if event.name in handlers:
            await handlers[event.name](app, event)

    async def _branch_changed(self, app: int, event: Event) -> None:
        if not event.branch or event.repository_id is None:
            return
        following = await self._tracks.following(app, event.repository_id)
        if event.branch.startswith(REFS):
            tagged = [each.id for each in following if each.is_production and each.connection.filters.tags]
            await self._tracks.look_soon(tagged, event.sender)
            return
        kept = await self._repositories.of({each.project_id for each in following})
        of_branch = [each.id for each in following if branch_of(each, kept) == event.branch]
        await self._tracks.look_soon(of_branch, event.sender)
        if event.name == "delete":
            return
        for connection in {each.project_id: each.connection for each in following}.values():
            production = production_of(connection, kept)
            its = [each for each in following if each.project_id == connection.project_id]
            if production is not None:
                await self._branches.pushed(connection, its, production, event.branch, event.sender)

    async def _pull_changed(self, app: int, event: Event) -> None:
        assert event.repository_id is not None
        assert event.pull_request is not None
        for connection in await self._connections.following(app, event.repository_id):
            await self._pulls.look(connection, event.pull_request, event.action, event.sender)

    async def _checks_changed(self, app: int, event: Event) -> None:
        assert event.repository_id is not None
        following = await self._tracks.following(app, event.repository_id)
        await self._tracks.look_soon([each.id for each in following if each.held and each.held.by_checks])

    async def _installation_changed(self, app: int, event: Event) -> None:
        assert event.installation_id is not None
        found = await (await self._clients.app(app)).installation(event.installation_id)
        if found is None:
            await self._apps.note_gone(app, event.installation_id)
            return
        is_open = found.suspended_at is None
        count = await (await self._clients.installed(app, found.id)).repositories() if is_open else None
        await self._apps.note(app, found, count)
        if is_open:
            await self._moving.installed(app, found.id, found.account.login)
        await self._tracks.look_soon_at(app, found.id)

    async def _repository_changed(self, app: int, event: Event) -> None:
        assert event.repository_id is not None
        await self._moving.repository(app, event.repository_id, event.installation_id)

    async def _account_renamed(self, app: int, event: Event) -> None:
        await self._installation_changed(app, event)
        assert event.installation_id is not None
        await self._moving.account(app, event.installation_id)

    async def _authorization_revoked(self, app: int, event: Event) -> None:
        # The one event that is taken at its word: to be wrong costs a sign-in, to ask first could leave a door open.
        assert event.sender_id is not None
        await self._identities.revoked(app, event.sender_id)
