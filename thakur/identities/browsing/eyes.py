"""With whose eyes GitHub is looked at: a person's, or the App's own."""

from typing import Protocol

from thakur.github import App, Installation, Installed, NotThere, Repository, RepositoryPage


class Eyes(Protocol):
    """What can be seen through one App. `github.User` is a person's."""

    async def installations(self) -> list[Installation]:
        """Where the App is installed."""

    async def repositories(self, installation_id: int, page: int = 1) -> RepositoryPage:
        """A page of what is seen there. Raises NotThere."""

    async def repository(self, full_name: str) -> Repository:
        """Raises NotThere."""


class AppEyes:
    """Sees what the App does."""

    def __init__(self, app: App) -> None:
        self._app = app

    async def installations(self) -> list[Installation]:
        return await self._app.installations()

    async def repositories(self, installation_id: int, page: int = 1) -> RepositoryPage:
        return await Installed(self._app, installation_id).repository_page(page)

    async def repository(self, full_name: str) -> Repository:
        installation = await self._app.installation_on(full_name)
        if installation is None or installation.suspended_at is not None:
            raise NotThere(f"The App does not open {full_name}")
        return await Installed(self._app, installation.id).repository(full_name)
