"""A repository that is called something else, is somebody else's, or begins at another branch: who follows it goes along."""

from thakur.github import NotThere, Repository
from thakur.installations import Apps, Clients, Connection, Connections, Tracks
from thakur.projects import Repositories
from thakur.webhooks.acting import acting


class Moving:
    """What an event says is only where to ask; GitHub's API says what it is called, and who opens it."""

    def __init__(
        self, apps: Apps, clients: Clients, connections: Connections, tracks: Tracks, repositories: Repositories
    ) -> None:
        self._apps = apps
        self._clients = clients
        self._connections = connections
        self._tracks = tracks
        self._repositories = repositories

    async def repository(self, app: int, repository_id: int, installation_id: int | None) -> None:
        """It may have moved; the installation is the one that the event came by."""
        following = await self._connections.following(app, repository_id)
        if following:
            await self._moved(app, repository_id, installation_id, following)

    async def account(self, app: int, installation_id: int) -> None:
        """The account of this installation is called something else, and so is all that it has."""
        every = await self._connections.at(app, installation_id)
        for repository_id in dict.fromkeys(each.repository_id for each in every):
            following = [each for each in every if each.repository_id == repository_id]
            await self._moved(app, repository_id, installation_id, following)

    async def installed(self, app: int, installation_id: int, login: str) -> None:
        """Who lets the App go and in again has another installation: what was followed there is followed on."""
        for each in await self._connections.every():
            is_theirs = each.full_name.partition("/")[0].lower() == login.lower()
            if each.app == app and is_theirs and each.installation_id != installation_id:
                await self._moved(app, each.repository_id, installation_id, [each])

    async def _moved(
        self, app: int, repository_id: int, installation_id: int | None, following: list[Connection]
    ) -> None:
        # With another owner it is opened by another installation.
        before = following[0].installation_id
        for opening in dict.fromkeys((installation_id or before, before)):
            found = await self._opened(app, opening, repository_id)
            if found is not None:
                await self._follow(app, opening, found, following)
                await self._tracks.look_soon_at(app, opening)
                return
        # Whoever looks says what is wrong.
        await self._tracks.look_soon_at(app, before)

    async def _opened(self, app: int, installation_id: int, repository_id: int) -> Repository | None:
        try:
            return await (await self._clients.installed(app, installation_id)).repository_of(repository_id)
        except NotThere:
            return None

    async def _follow(self, app: int, installation_id: int, found: Repository, following: list[Connection]) -> None:
        client = await self._clients.app(app)
        installation = await client.installation(installation_id)
        if installation is None:
            return
        # Whatever tells of it may come later than what is told by it.
        await self._apps.note(app, installation)
        url = client.key.site.repository_url(found.full_name)
        kept = await self._repositories.of([each.project_id for each in following])
        for each in following:
            repository = kept.get(each.project_id)
            if repository is None or repository.url != each.url:
                continue
            # Whoever has named another branch since means that one.
            is_default = each.default_branch != "" and repository.branch == each.default_branch
            branch = found.default_branch if is_default else repository.branch
            if (url, branch) != (repository.url, repository.branch):
                await self._repositories.set(acting(each.team_id), each.project_id, url, branch)
            if is_default:
                await self._connections.follow_default(each.project_id, branch)
        await self._connections.moved(app, found.id, installation_id, found.full_name, url)
