"""Artifacts that nobody can bring back: their files go, but never under a build's hands."""

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, text

from support.needs import Needs
from support.rollout_room import RolloutRoom
from thakur.builds import ArtifactReady
from thakur.builds.models import ArtifactRow
from thakur.builds.packing.artifacts import LocalArtifacts
from thakur.builds.packing.pool import POOL
from thakur.builds.packing.removal import Removal
from thakur.db import Database
from thakur.projects import Project


class House:
    def __init__(self, db: Database, directory: Path) -> None:
        self.room = RolloutRoom(db)
        self.directory = directory
        self.artifacts = LocalArtifacts(directory / "artifacts")
        self.removal = Removal(db, self.artifacts)
        self.project: Project

    async def prepare(self) -> "House":
        self.project = await (await self.room.prepare()).project()
        return self

    async def built(self, content: str) -> ArtifactReady:
        """An artifact with files, of a build that was announced."""
        ready = await self.room.built(self.project)
        kept = self.directory / "kept"
        kept.mkdir(parents=True)
        (kept / "file").write_text(content)
        (kept / "second name").hardlink_to(kept / "file")
        packed = self.artifacts.pack(self.project.id, kept, None)
        await self.execute(
            "UPDATE artifacts SET digest = :digest WHERE id = :id", digest=packed.digest, id=ready.artifact_id
        )
        await self.execute("UPDATE builds SET announced_at = now() WHERE id = :id", id=ready.build_id)
        return ready

    async def execute(self, statement: str, **values: Any) -> None:
        async with self.room.db.session() as session:
            await session.execute(text(statement), values)

    async def is_kept(self, ready: ArtifactReady) -> bool:
        async with self.room.db.session() as session:
            row = await session.scalar(select(ArtifactRow).where(ArtifactRow.id == ready.artifact_id))
        assert row is not None
        lies_there = (self.directory / "artifacts" / str(self.project.id) / row.digest).is_dir()
        assert lies_there is (row.removed_at is None), "rows and files say the same"
        return lies_there


@pytest.fixture
async def house(db: Database, tmp_path: Path) -> House:
    return await House(db, tmp_path).prepare()


async def test_what_is_not_kept_goes_with_its_files_and_its_share_of_the_pool(house: House) -> None:
    kept, gone = await house.built("one"), await house.built("two")
    pool = house.directory / "artifacts" / str(house.project.id) / POOL

    assert await house.removal.keep(Needs([kept.artifact_id])) == 1

    assert (await house.is_kept(kept), await house.is_kept(gone)) == (True, False)
    assert [path.read_text() for path in pool.iterdir()] == ["one"]
    assert await house.removal.keep(Needs([kept.artifact_id])) == 0


@pytest.mark.parametrize(
    "change",
    ["UPDATE builds SET status = 'running', finished_at = NULL", "UPDATE builds SET announced_at = NULL"],
)
async def test_nothing_goes_while_the_project_is_built_or_a_build_is_not_announced(house: House, change: str) -> None:
    ready = await house.built("one")
    await house.execute("UPDATE builds SET finished_at = now()")
    await house.execute(change)

    assert await house.removal.keep(Needs()) == 0

    assert await house.is_kept(ready)


async def test_a_build_that_was_never_announced_does_not_hold_files_for_ever(house: House) -> None:
    ready = await house.built("one")
    await house.execute("UPDATE builds SET announced_at = NULL, finished_at = now() - interval '2 hours'")

    await house.removal.keep(Needs())

    assert not await house.is_kept(ready)


async def test_what_came_to_be_needed_meanwhile_stays(house: House) -> None:
    reused, gone = await house.built("one"), await house.built("two")

    assert await house.removal.keep(Needs((), [reused.artifact_id])) == 1

    assert (await house.is_kept(reused), await house.is_kept(gone)) == (True, False)
