"""Environments that come and go: everything of one but production's, and nothing of the others."""

import pytest
from sqlalchemy import text

from support.queues import RecordingQueue
from thakur.projects import PRODUCTION, EnvironmentGoing
from thakur.projects.environments import LocalEnvironments
from thakur.projects.service import LocalProjects


class Consumer:
    """Keeps things of environments; fails when told to."""

    def __init__(self) -> None:
        self.calls: list[tuple[int, int]] = []
        self.is_failing = False

    async def project_deleted(self, project_id: int) -> None:
        raise AssertionError(project_id)

    async def environment_deleted(self, project_id: int, environment_id: int) -> None:
        self.calls.append((project_id, environment_id))
        if self.is_failing:
            raise OSError("the edge is away")


async def test_an_environment_goes_with_what_is_kept_of_it_and_may_come_again(db, ours) -> None:
    consumer, queue = Consumer(), RecordingQueue()
    projects, environments = LocalProjects(db, queue, [consumer]), LocalEnvironments(db, queue)
    shop = (await projects.create(ours, "shop")).id
    production = await projects.environment(shop, PRODUCTION)
    first, other = [await projects.environment(shop, label) for label in ("git-a", "git-b")]
    assert await environments.previews([shop]) == [first, other]
    async with db.session() as session:
        await session.execute(
            text(
                "INSERT INTO log_streams (project_id, kind, number, environment_id)"
                f" VALUES ({shop}, 'build', 1, {first.id}), ({shop}, 'build', 2, {other.id})"
            )
        )

    for label in ("git-a", PRODUCTION, "git-none"):
        await environments.remove(shop, label)
    assert "deletions" in queue.wakes
    with pytest.raises(EnvironmentGoing):
        await projects.environment(shop, "git-a")
    consumer.is_failing = True
    await projects.deletion.drain()
    assert await environments.previews() == [other], "it is tried again"
    consumer.is_failing = False
    await projects.deletion.drain()
    await projects.deletion.drain()

    assert consumer.calls == [(shop, first.id)] * 2
    assert await projects.environment(shop, PRODUCTION) == production
    assert (await projects.environment(shop, "git-a")).id > other.id
    async with db.session() as session:
        assert list(await session.scalars(text("SELECT number FROM log_streams"))) == [2]
