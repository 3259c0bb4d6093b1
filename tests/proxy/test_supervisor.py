import asyncio
import os
import signal
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from support.proxy_workers import FakeWorkers
from support.waiting import eventually
from thakur.proxy import PortTaken, ProxyUnavailable, contact, record, slot, supervisor
from thakur.proxy.supervisor import Supervisor
from thakur.settings import Address

LOOPBACK = Address("127.0.0.1", 0)


def table(version: int) -> dict[str, object]:
    return {"kind": "table", "version": version, "pools": [], "routes": {}}


@pytest.fixture
def fake(tmp_path: Path) -> FakeWorkers:
    return FakeWorkers(tmp_path)


@pytest.fixture
async def workers(fake: FakeWorkers, tmp_path: Path) -> AsyncIterator[Supervisor]:
    workers = make(fake, tmp_path)
    yield workers
    fake.set()
    await workers.stop(0)


def make(fake: FakeWorkers, tmp_path: Path, http: Address = LOOPBACK, count: int = 2) -> Supervisor:
    return Supervisor(http, tmp_path / "run/proxy", tmp_path, program=fake.program, count=count)


async def test_every_worker_has_the_table_when_start_returns(workers: Supervisor, fake: FakeWorkers) -> None:
    await workers.start(table(1))

    assert len(set(workers.pids())) == 2
    assert {message["pid"] for message in fake.heard("table")} == set(workers.pids())


async def test_a_worker_is_a_program_in_a_session_of_its_own(workers: Supervisor) -> None:
    await workers.start(table(1))

    for pid in workers.pids():
        assert os.getsid(pid) == pid
        assert Path(f"/proc/{pid}/environ").read_bytes() == b"LC_ALL=C.UTF-8\0"


async def test_a_directory_with_a_long_path_is_no_obstacle(fake: FakeWorkers, tmp_path: Path) -> None:
    deep = tmp_path / ("a" * 100) / ("b" * 100)
    workers = Supervisor(Address("127.0.0.1", 0), deep, tmp_path, program=fake.program, count=1)

    await workers.start(table(1))
    await workers.stop(1)

    assert not list(deep.glob("*.sock"))


async def test_the_sockets_are_for_nobody_else(workers: Supervisor, tmp_path: Path) -> None:
    await workers.start(table(1))

    assert (tmp_path / "run/proxy").stat().st_mode & 0o777 == 0o700
    assert (tmp_path / "run/proxy/key").stat().st_mode & 0o777 == 0o600


async def test_install_returns_when_every_worker_has_acknowledged(workers: Supervisor, fake: FakeWorkers) -> None:
    await workers.start(table(1))

    await workers.install(table(2), within_seconds=5)

    assert having(fake, 2) == set(workers.pids())


async def test_install_raises_when_a_worker_does_not_acknowledge(workers: Supervisor, fake: FakeWorkers) -> None:
    await workers.start(table(1))
    fake.set(deaf=True)

    with pytest.raises(ProxyUnavailable):
        await workers.install(table(2), within_seconds=0.05)


async def test_a_worker_that_never_acknowledges_is_replaced(
    workers: Supervisor, fake: FakeWorkers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(contact, "ACK_SECONDS", 0.2)
    monkeypatch.setattr(contact, "HUNG_UP_SECONDS", 0.05)
    await workers.start(table(1))
    before = workers.pids()
    fake.set(deaf=True)
    installing = asyncio.ensure_future(workers.install(table(2), within_seconds=5))
    await eventually(lambda: not set(before) & set(workers.pids()))
    fake.set()

    await installing

    await eventually(lambda: len(workers.pids()) == 2 and having(fake, 2) >= set(workers.pids()))


async def test_a_worker_that_hangs_up_is_asked_again_and_stays(
    workers: Supervisor, fake: FakeWorkers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(contact, "HUNG_UP_SECONDS", 0.05)
    await workers.start(table(1))
    before = workers.pids()
    fake.set(hangs_up_at=2)
    installing = asyncio.ensure_future(workers.install(table(2), within_seconds=5))
    await eventually(lambda: len(fake.heard("hello")) > 2)
    fake.set()

    await installing

    assert workers.pids() == before


async def test_a_worker_that_dies_is_started_again_with_the_newest_table(
    workers: Supervisor, fake: FakeWorkers
) -> None:
    await workers.start(table(1))
    await workers.install(table(2), within_seconds=5)
    dead, other = workers.pids()

    os.kill(dead, signal.SIGKILL)

    await eventually(lambda: len(set(workers.pids()) - {dead, other}) == 1 and other in workers.pids())
    fresh = next(iter(set(workers.pids()) - {other}))
    await eventually(lambda: [m["version"] for m in fake.heard("table") if m["pid"] == fresh] == [2])


async def test_a_dead_worker_does_not_hold_up_a_switch(
    workers: Supervisor, fake: FakeWorkers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(slot, "BACKOFF_SECONDS", 60)
    await workers.start(table(1))
    dead, _ = workers.pids()
    os.kill(dead, signal.SIGKILL)
    await eventually(lambda: dead not in workers.pids())

    await workers.install(table(2), within_seconds=2)


async def test_the_listener_of_a_dead_worker_keeps_its_visitors(workers: Supervisor) -> None:
    await workers.start(table(1))
    address = workers.listens_on
    for pid in workers.pids():
        os.kill(pid, signal.SIGKILL)

    _, writer = await asyncio.open_connection(address.host, address.port)

    writer.close()


async def test_a_worker_that_cannot_start_ends_the_start_with_its_last_line(
    fake: FakeWorkers, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(supervisor, "START_SECONDS", 1)
    fake.set(dies=True)
    workers = make(fake, tmp_path)

    with pytest.raises(ProxyUnavailable) as raised:
        await workers.start(table(1))

    assert "no life in me" in raised.value.hint
    assert record.load(tmp_path / "run/proxy") is None


async def test_a_taken_port_ends_the_start(workers: Supervisor, fake: FakeWorkers, tmp_path: Path) -> None:
    await workers.start(table(1))

    with pytest.raises(PortTaken):
        await Supervisor(workers.listens_on, tmp_path / "other", tmp_path, program=fake.program).start(table(1))


async def test_drain_waits_for_the_last_use(workers: Supervisor, fake: FakeWorkers) -> None:
    await workers.start(table(1))

    assert await workers.drain("p", 5, 5) == 0
    assert not fake.heard("cut")


async def test_drain_cuts_what_outlives_its_deadline_and_says_how_much(workers: Supervisor, fake: FakeWorkers) -> None:
    await workers.start(table(1))
    fake.set(holds=True, lets_go_of="streams")

    cut = await workers.drain("p", 0.02, 0.05)

    assert cut == 6
    assert [message["what"] for message in fake.heard("cut")] == ["requests", "requests", "streams", "streams"]


async def test_drain_gives_up_on_a_worker_that_never_lets_go(
    workers: Supervisor, fake: FakeWorkers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(contact, "CUT_SECONDS", 0.05)
    await workers.start(table(1))
    fake.set(holds=True)

    with pytest.raises(ProxyUnavailable):
        await workers.drain("p", 0.02, 0.02)


async def test_a_worker_that_dies_while_it_drains_has_drained(workers: Supervisor, fake: FakeWorkers) -> None:
    await workers.start(table(1))
    fake.set(holds=True)
    draining = asyncio.ensure_future(workers.drain("p", 60, 60))
    await eventually(lambda: len(fake.heard("drain")) == 2)

    for pid in workers.pids():
        os.kill(pid, signal.SIGKILL)

    assert await draining == 0


async def test_stop_ends_every_worker_and_leaves_nothing_behind(
    workers: Supervisor, fake: FakeWorkers, tmp_path: Path
) -> None:
    await workers.start(table(1))
    pids = workers.pids()

    await workers.stop(1)

    assert {message["pid"] for message in fake.heard("SIGTERM")} == set(pids)
    assert not any(Path(f"/proc/{pid}").exists() for pid in pids)
    left = sorted(path.name for path in (tmp_path / "run/proxy").iterdir())
    assert left == ["key", "worker-0.log", "worker-1.log"]


async def test_stop_kills_a_worker_that_hears_nothing(
    fake: FakeWorkers, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(slot, "TERM_SECONDS", 0.05)
    fake.set(stays=True)
    workers = make(fake, tmp_path, count=1)
    await workers.start(table(1))
    pids = workers.pids()

    await workers.stop(0.05)

    assert not any(Path(f"/proc/{pid}").exists() for pid in pids)


async def test_stop_without_a_start_touches_nothing(fake: FakeWorkers, tmp_path: Path) -> None:
    await make(fake, tmp_path).stop(1)

    assert not (tmp_path / "run").exists()


def having(fake: FakeWorkers, version: int) -> set[int]:
    return {message["pid"] for message in fake.heard("table") if message["version"] == version}
