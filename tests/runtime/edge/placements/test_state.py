import stat
import time
from pathlib import Path

import msgspec
import pytest

from support.local_edges import TOOLCHAIN, Bench, bench, make_order, uid_of
from support.waiting import eventually
from thakur.builds import Plan
from thakur.runtime.edge.placements.state import EdgeRecord, PlacementRecord, ReplicaRecord, StateFile, end_recorded
from thakur.runtime.edge.replicas.homes import Home, homes_directory
from thakur.runtime.edge.replicas.process import replica_spec
from thakur.runtime.edge.starting.start import Start
from thakur.sandbox import Identity, Process

ORDER = make_order(5, "d1", Plan(framework="bun", kind="server", start=("bun", "index.ts")), env={"KEY": "value"})
IDENTITY = Identity(
    name="5-12-0",
    monitor=Process(1, 2),
    init=Process(3, 4),
    app=Process(5, 6),
    status_path="/status.json",
    boot_id="boot",
    started_at_seconds=1.5,
)


async def test_a_record_comes_back_as_it_was_saved(tmp_path: Path) -> None:
    replicas = (ReplicaRecord(number=0, port=20_017, identity=IDENTITY), ReplicaRecord(number=1, port=20_018))
    placement = PlacementRecord(order=ORDER, pool_id="5-12", replicas=replicas, is_routed=True)
    record = EdgeRecord(last_pool=12, placements=(placement,))

    await StateFile(tmp_path).save(record)

    assert StateFile(tmp_path).load() == record
    path = tmp_path / "edge" / "state.json"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [file.name for file in path.parent.iterdir()] == ["state.json"]


async def test_env_vars_lie_sealed_with_a_key_that_the_edge_made(tmp_path: Path) -> None:
    order = msgspec.structs.replace(ORDER, env={"TOKEN": "canary\nvalue", "EMPTY": ""})
    record = EdgeRecord(last_pool=12, placements=(PlacementRecord(order=order, pool_id="5-12"),))

    await StateFile(tmp_path).save(record)

    content = (tmp_path / "edge" / "state.json").read_text()
    assert not any(word in content for word in ("canary", "value", "TOKEN"))
    assert stat.S_IMODE((tmp_path / "keys" / "edge.key").stat().st_mode) == 0o600
    assert StateFile(tmp_path).load() == record


@pytest.mark.parametrize("spoil", ["key", "place"])
async def test_a_record_whose_env_cannot_be_opened_is_set_aside(tmp_path: Path, spoil: str) -> None:
    record = EdgeRecord(last_pool=12, placements=(PlacementRecord(order=ORDER, pool_id="5-12"),))
    await StateFile(tmp_path).save(record)
    path = tmp_path / "edge" / "state.json"
    if spoil == "key":
        (tmp_path / "keys" / "edge.key").unlink()
    else:
        path.write_text(path.read_text().replace('"5-12"', '"6-12"'))

    assert StateFile(tmp_path).load().placements == ()

    assert path.with_suffix(".unreadable").exists()


def test_an_edge_without_a_record_counts_pools_from_the_clock(tmp_path: Path) -> None:
    record = StateFile(tmp_path).load()

    assert record.placements == ()
    assert record.last_pool >= int(time.time()) - 1


def test_a_record_that_cannot_be_read_is_set_aside(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    path = tmp_path / "edge" / "state.json"
    path.parent.mkdir()
    path.write_text('{"last_pool": "many"}')

    assert StateFile(tmp_path).load().placements == ()

    assert path.with_suffix(".unreadable").exists()
    assert "edge state unreadable" in caplog.text


async def test_what_an_earlier_edge_left_is_ended_without_an_edge(tmp_path: Path) -> None:
    left = Bench(tmp_path / "data")
    order = left.order("ok")
    home = Home(homes_directory(left.data_dir) / "1-1-0")
    home.make(uid_of(1))
    artifact = Path(await left.shelf.directory(1, order.digest))
    identity = await left.sandbox.start(
        replica_spec(order, home, 29_990, artifact, uid_of(1), TOOLCHAIN, Start()), home.output, home.status
    )
    # A home whose process never came to be counts too.
    Home(homes_directory(left.data_dir) / "2-2-0").make(uid_of(1))

    ended = await end_recorded(left.data_dir, left.sandbox)

    assert ended == 2
    assert not left.sandbox.is_alive(identity)
    assert left.homes() == []
    assert await end_recorded(left.data_dir, left.sandbox) == 0


async def test_the_file_follows_what_the_edge_does(tmp_path: Path) -> None:
    async with bench(tmp_path) as with_edge:
        file = StateFile(with_edge.data_dir)
        prepared = await with_edge.edge.prepare(with_edge.order("ok"))
        (before,) = file.load().placements
        await with_edge.edge.check(1)
        await with_edge.edge.switch(1)
        (after,) = file.load().placements

        assert before.order.deployment_id == 1
        assert before.replicas[0].port == prepared.ports[0]
        assert before.replicas[0].identity is not None
        assert with_edge.sandbox.is_alive(before.replicas[0].identity)
        assert (before.is_routed, after.is_routed) == (False, True)
    await eventually(lambda: file.load().placements == ())
