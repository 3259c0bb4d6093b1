"""Tests of deleting a project."""

import logging

import pytest
from sqlalchemy import text

from support.queues import RecordingQueue
from thakur.accounts import Principal
from thakur.db import Database
from thakur.projects import PRODUCTION, ProjectNotFound, ProjectStatus
from thakur.projects.service import LocalProjects

# Every reference that the tables allow, so that the order of the cascades matters.
ROWS_OF_A_PROJECT = (
    "INSERT INTO log_streams (project_id, kind, number) VALUES (:project, 'build', 1)",
    "INSERT INTO build_lines SELECT id, 1, now(), 'info', 'hello' FROM log_streams",
    "INSERT INTO log_sources SELECT id, 'pen', 1 FROM log_streams",
    "INSERT INTO artifacts (project_id, digest, size_bytes, files, plan) VALUES (:project, 'd', 1, 1, '{}')",
    (
        "INSERT INTO builds (project_id, environment_id, number, source, artifact_id, log_stream_id, requested_by)"
        " SELECT :project, :environment, 1, '{}', artifacts.id, log_streams.id, 'ours' FROM artifacts, log_streams"
    ),
    (
        "INSERT INTO deployments"
        " (project_id, environment_id, number, artifact_id, build_id, log_stream_id, requested_by, actor)"
        " SELECT project_id, environment_id, number, artifact_id, id, log_stream_id, requested_by, 'ours' FROM builds"
    ),
    (
        "INSERT INTO activations (environment_id, deployment_id, actor, reason)"
        " SELECT environment_id, id, 'ours', 'deploy' FROM deployments"
    ),
    (
        "INSERT INTO environment_variables (project_id, scope, name, value, updated_by)"
        " VALUES (:project, 'production', 'TOKEN', 'sealed', 'ours')"
    ),
)
TABLES = (
    "projects", "environments", "log_streams", "log_sources", "build_lines", "artifacts", "builds", "deployments",
    "activations", "environment_variables",
)  # fmt: skip


class Consumer:
    """Keeps things of projects; fails when told to."""

    def __init__(self, name: str, calls: list[tuple[str, int]]) -> None:
        self.name = name
        self.calls = calls
        self.is_failing = False

    async def project_deleted(self, project_id: int) -> None:
        self.calls.append((self.name, project_id))
        if self.is_failing:
            raise OSError("the disk is away")

    async def environment_deleted(self, project_id: int, environment_id: int) -> None:
        raise AssertionError(project_id, environment_id)


async def test_consumers_are_called_in_order_and_the_row_goes_last(db: Database, ours: Principal):
    calls: list[tuple[str, int]] = []
    consumers = [Consumer("runtime", calls), Consumer("builds", calls)]
    projects = LocalProjects(db, RecordingQueue(), consumers)
    shop, blog = await projects.create(ours, "shop"), await projects.create(ours, "blog")
    await projects.environment(shop.id, PRODUCTION)
    await projects.delete(ours, "shop")

    await projects.deletion.drain()

    assert calls == [("runtime", shop.id), ("builds", shop.id)]
    with pytest.raises(ProjectNotFound):
        await projects.by_id(shop.id)
    assert await projects.get(ours, "blog") == blog
    async with db.session() as session:
        assert await session.scalar(text("SELECT count(*) FROM environments")) == 0
    assert (await projects.create(ours, "shop")).id > shop.id


async def test_a_second_run_finds_nothing_to_do(db: Database, ours: Principal):
    calls: list[tuple[str, int]] = []
    projects = LocalProjects(db, RecordingQueue(), [Consumer("runtime", calls)])
    await projects.create(ours, "shop")
    await projects.delete(ours, "shop")

    await projects.deletion.drain()
    await projects.deletion.drain()

    assert len(calls) == 1


async def test_a_failing_consumer_leaves_the_project_deleting_until_a_later_run(
    db: Database,
    ours: Principal,
    caplog: pytest.LogCaptureFixture,
):
    calls: list[tuple[str, int]] = []
    runtime, builds = Consumer("runtime", calls), Consumer("builds", calls)
    projects = LocalProjects(db, RecordingQueue(), [runtime, builds])
    shop, blog = await projects.create(ours, "shop"), await projects.create(ours, "blog")
    runtime.is_failing = True
    await projects.delete(ours, "shop")

    with caplog.at_level(logging.ERROR):
        await projects.deletion.drain()

    assert (await projects.by_id(shop.id)).status is ProjectStatus.DELETING
    assert [(record.message, record.project_id) for record in caplog.records] == [
        ("project deletion failed, it is tried again", shop.id),
    ]

    runtime.is_failing = False
    await projects.delete(ours, "blog")
    await projects.deletion.drain()

    assert calls == [
        ("runtime", shop.id),
        ("runtime", shop.id),
        ("builds", shop.id),
        ("runtime", blog.id),
        ("builds", blog.id),
    ]
    with pytest.raises(ProjectNotFound):
        await projects.by_id(shop.id)


async def test_one_project_that_cannot_go_does_not_keep_the_others(db: Database, ours: Principal):
    class Stuck:
        async def project_deleted(self, project_id: int) -> None:
            if project_id == shop.id:
                raise OSError("the edge is away")

    projects = LocalProjects(db, RecordingQueue(), [Stuck()])
    shop, blog = await projects.create(ours, "shop"), await projects.create(ours, "blog")
    await projects.delete(ours, "shop")
    await projects.delete(ours, "blog")

    await projects.deletion.drain()

    assert (await projects.by_id(shop.id)).status is ProjectStatus.DELETING
    with pytest.raises(ProjectNotFound):
        await projects.by_id(blog.id)


async def test_every_row_of_a_project_goes_with_it(db: Database, ours: Principal):
    projects = LocalProjects(db, RecordingQueue(), [])
    shop = await projects.create(ours, "shop")
    production = await projects.environment(shop.id, PRODUCTION)
    ids = {"project": shop.id, "environment": production.id}
    async with db.session() as session:
        for statement in ROWS_OF_A_PROJECT:
            await session.execute(text(statement), ids)
        for table in TABLES:
            assert await session.scalar(text(f"SELECT count(*) FROM {table}")) == 1, table
    await projects.delete(ours, "shop")

    await projects.deletion.drain()

    async with db.session() as session:
        for table in TABLES:
            assert await session.scalar(text(f"SELECT count(*) FROM {table}")) == 0, table
