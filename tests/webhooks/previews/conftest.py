"""A project that follows a repository with one commit, and events that arrive when a test says so."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from support.github import Clone, House, github_house
from support.github_rooms import Rooms
from support.services import make_deployment
from thakur.builds import BuildStatus
from thakur.installations import Track
from thakur.runtime import DeploymentStatus
from thakur.webhooks.following import Following


class Place:
    """What a push goes through, and what a person sees of it."""

    def __init__(self, rooms: Rooms, house: House, clone: Clone) -> None:
        self.rooms, self.house, self.clone = rooms, house, clone
        self.github, self.shop = house.github, house.shop
        self.ada = house.github.state.people.user("ada")
        self.following = Following(rooms.connections, rooms.environments, rooms.builds, rooms.runtime, rooms.reports)
        self._arrived = 0

    async def fill(self) -> None:
        self.ours = await self.rooms.principal()
        await self.rooms.add_app(self.ours)
        self.clone.commit({"a": "1"})
        await self.clone.push()
        await self.follow()

    async def follow(self, name: str = "shop") -> int:
        self.project = await self.rooms.follow(self.ours, name)
        self._arrived = len(self.github.hooks.log)
        await self.rooms.jobs.drain()
        return self.project

    async def arrive(self) -> None:
        """Everything that has happened since is delivered and acted on."""
        log = self.github.hooks.log
        for each in log[self._arrived :]:
            await self.rooms.deliver(each.event, msgspec.json.encode(each.payload), each.guid)
        self._arrived = len(log)
        await self.settle()

    def lose(self) -> None:
        """What has happened since is never delivered."""
        self._arrived = len(self.github.hooks.log)

    async def survey(self) -> None:
        """As an hour later."""
        await self.rooms.surveys.soon()
        await self.rooms.tracks.look_soon_everywhere()
        await self.settle()

    async def settle(self) -> None:
        await self.rooms.jobs.drain()
        await self.rooms.projects.deletion.drain()

    async def push(self, branch: str, text: str, message: str = "A change", *, forced: bool = False) -> str:
        self.clone.git("checkout", "-q", "-B", "work", "main" if forced else "HEAD")
        commit = self.clone.commit({"a": text}, message)
        await self.clone.push(f"{'+' if forced else ''}HEAD:refs/heads/{branch}")
        return commit

    async def delete(self, branch: str) -> None:
        await self.clone.push(f":refs/heads/{branch}")

    async def tracks(self) -> list[Track]:
        return [each for each in await self.rooms.tracks.of([self.project]) if not each.is_production]

    async def labels(self) -> list[str]:
        return [each.label for each in await self.rooms.environments.previews([self.project])]

    async def preview(self, label: str) -> Any:
        (found,) = [each for each in await self.rooms.previews.of([self.project]) if each.label == label]
        return found

    async def live(self, number: int) -> None:
        """The build of that number has succeeded, and what came of it serves."""
        build = self.rooms.builds.rows[self.project, number]
        for each in self.rooms.runtime.rows.values():
            if each.environment_id == build.environment_id:
                self.rooms.runtime.rows[self.project, each.number] = msgspec.structs.replace(
                    each, status=DeploymentStatus.STANDBY
                )
        self.rooms.builds.rows[self.project, number] = msgspec.structs.replace(build, status=BuildStatus.SUCCEEDED)
        self.rooms.runtime.rows[self.project, number] = make_deployment(
            self.project, number, environment_id=build.environment_id, environment="git-next"
        )

    async def tell(self) -> None:
        """GitHub hears what there is to tell."""
        await self.following.look()
        await self.rooms.telling.look()
        await self.rooms.sending.drain()
        await self.rooms.commenting.drain()

    @property
    def built(self) -> list[tuple[str, str | None]]:
        sources = [source for _, source in self.rooms.builds.asked]
        return [
            (label, each.commit)
            for label, each in zip(self.rooms.builds.environments, sources, strict=True)
            if label != "production"
        ]


@pytest.fixture
async def place(db, tmp_path: Path) -> AsyncIterator[Place]:
    async with github_house(tmp_path / "github") as house:
        rooms = Rooms(db, house)
        made = Place(rooms, house, Clone(tmp_path / "work", house.github.push_url(house.shop)))
        await made.fill()
        yield made
        await rooms.clients.close()
