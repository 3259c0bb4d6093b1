"""What an edge asks of the api, in-process and across the seam: its assignments, artifacts, a sink for its lines."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import msgspec
import pytest
from sqlalchemy import text

from support.local_edges import Shelf, make_order
from support.log_sinks import MemorySink
from support.seams import KEY, reached, serve_seam
from thakur.builds import ArtifactNotFound, ArtifactStore, Plan
from thakur.db import Database
from thakur.errors import Unauthenticated
from thakur.logs import Entry, Level, LogSink, SourceBatch, StreamNotFound
from thakur.logs.service import LocalLogs
from thakur.runtime import Assignments, HealthCheck
from thakur.seam import Key, Peer, SeamApp, client, mount

PLAN = Plan(framework="bun", kind="server", install=("bun", "install"), start=("bun", "index.ts"), notes=("ü",))
WORKER = Key("worker", b"w" * 32)


@pytest.fixture(params=["local", "remote"])
def way(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    return Shelf(tmp_path / "data")


async def test_orders_are_assigned_as_they_were_given(way: str, shelf: Shelf, tmp_path: Path) -> None:
    shelf.orders = [
        make_order(1, "d" * 64, PLAN, env={"GREETING": "grüß\nGott"}, hosts=("a.test", "b.test"), replicas=2),
        make_order(2, "e" * 64, PLAN, health=HealthCheck(path="/up", within_seconds=0.5)),
    ]
    async with reached(way, Assignments, shelf, tmp_path) as assignments:
        assert await assignments.assigned(1) == shelf.orders
        shelf.orders = []
        assert await assignments.assigned(1) == []


async def test_an_edge_joins_by_its_name(way: str, shelf: Shelf, tmp_path: Path) -> None:
    async with reached(way, Assignments, shelf, tmp_path) as assignments:
        assert await assignments.join("here") == 4


async def test_an_artifact_is_found_by_its_digest(way: str, shelf: Shelf, tmp_path: Path) -> None:
    shelf.put_files("d1", {"index.html": "hi"})
    async with reached(way, ArtifactStore, shelf, tmp_path) as artifacts:
        assert (Path(await artifacts.directory(1, "d1")) / "index.html").read_text() == "hi"
        with pytest.raises(ArtifactNotFound) as missing:
            await artifacts.directory(2, "d1")

    assert missing.value.hint == "Build it again."


@pytest.fixture
async def stream_id(committed_db: Database) -> int:
    async with committed_db.session() as session:
        team_id = await session.scalar(text("INSERT INTO teams (name) VALUES ('ours') RETURNING id"))
        project_id = await session.scalar(
            text("INSERT INTO projects (team_id, name) VALUES (:team, 'shop') RETURNING id"), {"team": team_id}
        )
        environment_id = await session.scalar(
            text("INSERT INTO environments (project_id, label) VALUES (:project, 'production') RETURNING id"),
            {"project": project_id},
        )
    return await LocalLogs(committed_db).open_runtime(project_id, environment_id)


@pytest.fixture(params=["memory", "database"])
async def sink(
    request: pytest.FixtureRequest, way: str, committed_db: Database, tmp_path: Path
) -> AsyncIterator[LogSink]:
    async with AsyncExitStack() as stack:
        local: LogSink = MemorySink()
        if request.param == "database":
            logs = LocalLogs(committed_db)
            await logs.start()
            stack.push_async_callback(logs.stop)
            local = logs
        yield await stack.enter_async_context(reached(way, LogSink, local, tmp_path))


async def test_a_batch_is_stored_once(sink: LogSink, stream_id: int) -> None:
    batch = SourceBatch(
        stream_id=stream_id,
        source="1/5-1-0",
        deployment_id=5,
        edge_id=1,
        replica=0,
        offset_bytes=0,
        next_offset_bytes=20,
        entries=(Entry("grüß"), Entry("oh no", Level.ERROR)),
    )

    assert await sink.store(batch) == 20
    assert await sink.store(batch) == 20
    assert await sink.store(msgspec.structs.replace(batch, offset_bytes=20, next_offset_bytes=31)) == 31


@pytest.mark.parametrize("sink", ["database"], indirect=True)
async def test_a_batch_of_an_unknown_stream_is_refused(sink: LogSink) -> None:
    batch = SourceBatch(
        stream_id=999_999,
        source="x",
        deployment_id=1,
        edge_id=1,
        replica=0,
        offset_bytes=0,
        next_offset_bytes=1,
        entries=(Entry("x"),),
    )
    with pytest.raises(StreamNotFound):
        await sink.store(batch)


async def test_one_app_serves_several_protocols_to_those_who_may(shelf: Shelf, tmp_path: Path) -> None:
    app = SeamApp(
        mount(Assignments, shelf, KEY),
        mount(LogSink, MemorySink(), KEY),
        mount(ArtifactStore, shelf, KEY, WORKER),
    )
    shelf.put_files("d1", {"index.html": "hi"})
    async with serve_seam(app, tmp_path / "api.sock") as path:
        edge, worker = Peer(path, KEY), Peer(path, WORKER)

        assert await client(Assignments, edge).assigned(1) == []
        assert await client(ArtifactStore, edge).directory(1, "d1")
        assert await client(ArtifactStore, worker).directory(1, "d1")
        with pytest.raises(Unauthenticated):
            await client(Assignments, worker).assigned(1)
        await edge.close()
        await worker.close()
