"""The next start takes over what the last one left; the real part under a client that never retries."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import msgspec
import pytest

from bench.strict import StrictLoad
from support.proxy_workers import FakeWorkers
from support.upstreams import WordServer
from support.waiting import eventually
from thakur import pids
from thakur.proxy import ProxyUnavailable, Route, handover, leftovers, prove_free, record, supervisor
from thakur.proxy.service import LocalProxy
from thakur.proxy.supervisor import Supervisor
from thakur.settings import Address

LOOPBACK = Address("127.0.0.1", 0)
HOST = "shop.localhost"


def table(version: int) -> dict[str, object]:
    return {"kind": "table", "version": version, "pools": [], "routes": {}}


@pytest.fixture
async def fake(tmp_path: Path) -> AsyncIterator[FakeWorkers]:
    fake = FakeWorkers(tmp_path)
    yield fake
    fake.set()
    await leftovers.end_left(directory(tmp_path))


def directory(tmp_path: Path) -> Path:
    return tmp_path / "run"


def make(fake: FakeWorkers, tmp_path: Path, release: str = "1.0", http: Address = LOOPBACK) -> Supervisor:
    return Supervisor(http, directory(tmp_path), tmp_path, program=fake.program, count=2, release=release)


async def left_by(fake: FakeWorkers, tmp_path: Path, release: str = "1.0", version: int = 7) -> list[int]:
    """Workers whose supervisor is gone."""
    earlier = make(fake, tmp_path, release)
    await earlier.start(table(version))
    left = earlier.pids()
    await earlier.release()
    return left


def recorded(tmp_path: Path) -> tuple[record.Worker, ...]:
    found = record.load(directory(tmp_path))
    return found.workers if found else ()


async def test_workers_of_the_same_release_go_on_as_they_are(fake: FakeWorkers, tmp_path: Path) -> None:
    left = await left_by(fake, tmp_path)
    later = make(fake, tmp_path)

    newest = await later.take_over()
    await later.start(table(newest + 1))

    assert newest == 7
    assert later.pids() == left
    assert {message["pid"] for message in fake.heard("table") if message["version"] == 8} == set(left)
    assert not fake.heard("SIGTERM")
    assert not fake.heard("leave")
    await later.stop(1)


async def test_an_adopted_worker_that_dies_is_started_again_on_its_listener(fake: FakeWorkers, tmp_path: Path) -> None:
    left = await left_by(fake, tmp_path)
    later = make(fake, tmp_path)
    await later.start(table(8))
    address = later.listens_on
    for pid in left:
        os.kill(pid, signal.SIGKILL)

    _, writer = await asyncio.open_connection(address.host, address.port)
    writer.close()
    await eventually(lambda: len(set(later.pids()) - set(left)) == 2)

    assert later.listens_on == address
    await later.stop(1)


async def test_a_worker_that_died_meanwhile_gets_a_successor_beside_the_others(
    fake: FakeWorkers, tmp_path: Path
) -> None:
    dead, other = await left_by(fake, tmp_path)
    os.kill(dead, signal.SIGKILL)
    later = make(fake, tmp_path)

    await later.start(table(8))

    assert other in later.pids()
    assert len(set(later.pids()) - {dead, other}) == 1
    await later.stop(1)


@pytest.mark.parametrize("is_lost", [True, False])
async def test_who_is_in_no_record_is_replaced_at_its_listener(
    fake: FakeWorkers, tmp_path: Path, is_lost: bool
) -> None:
    earlier = make(fake, tmp_path)
    await earlier.start(table(7))
    left, address = earlier.pids(), earlier.listens_on
    await earlier.release()
    path = directory(tmp_path) / record.RECORD
    if is_lost:
        path.write_bytes(path.read_bytes()[:-5])
    else:
        # As if the start had died between the birth of the second worker and its record.
        record.save(directory(tmp_path), record.Record(listens_on=str(address), workers=recorded(tmp_path)[:1]))
    later = make(fake, tmp_path, http=address)

    assert await later.take_over() == 7
    await later.start(table(8))

    stays = [] if is_lost else left[:1]
    assert [pid for pid in later.pids() if pid in left] == stays
    assert len(later.pids()) == 2
    await eventually(lambda: not [pid for pid in left if pid not in stays and pids.started(pid)])
    assert later.listens_on == address
    await later.stop(1)


async def test_another_release_replaces_every_worker_once_the_new_ones_serve(fake: FakeWorkers, tmp_path: Path) -> None:
    left = await left_by(fake, tmp_path)
    later = make(fake, tmp_path, "1.1")
    await later.take_over()
    address = later._inherited.worn[0].handover
    assert address
    visitors = address.visitors.getsockname()

    await later.start(table(8))

    assert not set(later.pids()) & set(left)
    assert (later.listens_on.host, later.listens_on.port) == visitors
    await eventually(lambda: not later.leaving_pids())
    assert {message["pid"] for message in fake.heard("leave")} == set(left)
    kinds = [(message["kind"], message["pid"]) for message in fake.heard("table", "leave")]
    assert all(kind == "table" for kind, _ in kinds[:-2]), "they leave when the new ones have the table"
    assert {worker.process.pid for worker in recorded(tmp_path)} == set(later.pids())
    assert len(list(directory(tmp_path).glob("*.sock"))) == 4
    await later.stop(1)


async def test_a_replaced_worker_hears_every_table_and_drain_as_long_as_it_has_visitors(
    fake: FakeWorkers, tmp_path: Path
) -> None:
    left = await left_by(fake, tmp_path)
    fake.set(lingers=60)
    later = make(fake, tmp_path, "1.1")
    await later.start(table(8))
    await eventually(lambda: len(fake.heard("leave")) == 2)

    await later.install(table(9), within_seconds=5)
    await later.drain("p", 1, 1)

    for kind in ("table", "drain"):
        assert {message["pid"] for message in fake.heard(kind)} >= set(left) | set(later.pids())
    assert {message["pid"] for message in fake.heard("table") if message["version"] == 9} >= set(left)
    await later.stop(1)
    assert not any(pids.started(pid) for pid in left)


async def test_who_was_leaving_when_the_supervisor_died_is_leaving_still(fake: FakeWorkers, tmp_path: Path) -> None:
    left = await left_by(fake, tmp_path)
    fake.set(lingers=60)
    middle = await left_by(fake, tmp_path, "1.1", version=8)
    later = make(fake, tmp_path, "1.1")

    await later.start(table(9))

    assert later.pids() == middle
    assert sorted(later.leaving_pids()) == sorted(left)
    await later.install(table(10), within_seconds=5)
    assert {message["pid"] for message in fake.heard("table") if message["version"] == 10} == {*left, *middle}
    await later.stop(1)


async def test_an_upgrade_that_was_cut_off_is_finished_by_the_next_start(fake: FakeWorkers, tmp_path: Path) -> None:
    left = await left_by(fake, tmp_path)
    fake.set(lingers=60)
    middle = await left_by(fake, tmp_path, "1.1", version=8)
    told = record.load(directory(tmp_path))
    assert told
    # As if it had died before it told the old ones to leave.
    workers = tuple(msgspec.structs.replace(worker, is_leaving=False) for worker in told.workers)
    record.save(directory(tmp_path), msgspec.structs.replace(told, workers=workers))
    later = make(fake, tmp_path, "1.1")

    await later.start(table(9))

    assert later.pids() == middle
    assert sorted(later.leaving_pids()) == sorted(left)
    await later.stop(1)


async def test_a_worker_that_does_not_answer_is_replaced_and_the_other_stays(fake: FakeWorkers, tmp_path: Path) -> None:
    sulking, other = await left_by(fake, tmp_path)
    fake.set(sulks=sulking)
    later = make(fake, tmp_path)

    await later.start(table(8))

    assert other in later.pids()
    assert sulking not in later.pids()
    assert not any(worker.process.pid == sulking for worker in recorded(tmp_path))
    await later.stop(1)


async def test_a_worker_of_another_language_is_replaced_and_told_to_leave(fake: FakeWorkers, tmp_path: Path) -> None:
    left = await left_by(fake, tmp_path)
    told = record.load(directory(tmp_path))
    assert told
    workers = tuple(msgspec.structs.replace(worker, speaks=0, release="0.9") for worker in told.workers)
    record.save(directory(tmp_path), msgspec.structs.replace(told, workers=workers))
    later = make(fake, tmp_path)

    await later.start(table(8))

    await eventually(lambda: not later.leaving_pids())
    assert {message["pid"] for message in fake.heard("leave")} == set(left)
    assert not [message for message in fake.heard("table") if message["version"] == 8 and message["pid"] in left]
    await later.stop(1)


async def test_who_listens_elsewhere_is_ended_first(fake: FakeWorkers, tmp_path: Path) -> None:
    left = await left_by(fake, tmp_path)
    later = make(fake, tmp_path, http=prove_free(LOOPBACK, "THAKUR_HTTP"))

    await later.start(table(8))

    assert not set(later.pids()) & set(left)
    assert {message["pid"] for message in fake.heard("SIGTERM")} == set(left)
    await later.stop(1)


async def test_a_start_that_fails_leaves_the_old_workers_serving_and_recorded(
    fake: FakeWorkers, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    left = await left_by(fake, tmp_path)
    before = recorded(tmp_path)
    fake.set(dies=True)

    with monkeypatch.context() as impatient, pytest.raises(ProxyUnavailable):
        impatient.setattr(supervisor, "START_SECONDS", 0.5)
        await make(fake, tmp_path, "1.1").start(table(8))

    assert recorded(tmp_path) == before
    assert not fake.heard("leave")
    fake.set()
    later = make(fake, tmp_path)
    await later.start(table(9))
    assert later.pids() == left
    await later.stop(1)


@asynccontextmanager
async def serving(tmp_path: Path) -> AsyncIterator[tuple[StrictLoad, WordServer]]:
    """Real workers whose supervisor is gone, one pool, and visitors."""
    async with WordServer("hello", 0.002) as server:
        proxy = LocalProxy(real(tmp_path, "0"))
        await begin(proxy, server)
        async with StrictLoad(proxy.listens_on(), HOST, ["hello"], kept=10, fresh=10) as load:
            await load.until(200)
            await proxy.release()
            yield load, server


def real(tmp_path: Path, release: str) -> Supervisor:
    return Supervisor(LOOPBACK, directory(tmp_path), tmp_path / "static", count=2, release=release)


async def begin(proxy: LocalProxy, server: WordServer) -> None:
    await proxy.start([server.pool("p1")], [Route(HOST, "p1")])


@pytest.mark.walk
async def test_visitors_notice_no_change_of_the_control_part(tmp_path: Path) -> None:
    async with serving(tmp_path) as (load, server):
        seen = set()
        for _ in range(5):
            workers = real(tmp_path, "0")
            proxy = LocalProxy(workers)
            await begin(proxy, server)
            seen |= set(workers.pids())
            await load.until(load.requests + 200)
            await proxy.release()
    await leftovers.end_left(directory(tmp_path))

    assert load.report().failed == 0, load.report()
    assert len(seen) == 2


@pytest.mark.walk
async def test_visitors_notice_no_upgrade(tmp_path: Path) -> None:
    async with serving(tmp_path) as (load, server):
        seen: set[int] = set()
        for turn in range(1, 4):
            workers = real(tmp_path, str(turn))
            proxy = LocalProxy(workers)
            await begin(proxy, server)
            seen |= set(workers.pids())
            await eventually(lambda left=workers: not left.leaving_pids(), within_seconds=10)
            await load.until(load.requests + 200)
            await proxy.release()
    await leftovers.end_left(directory(tmp_path))

    assert load.report().failed == 0, load.report()
    assert len(seen) == 6


async def test_nobody_at_the_socket_is_a_lost_link(tmp_path: Path) -> None:
    with pytest.raises(handover.LinkLost):
        handover.take_over(str(tmp_path / "none.sock"), "key")
