import asyncio
import os
import signal
import time
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import pytest
import uvloop

from bench.strict import StrictLoad
from support.proxy_workers import FakeWorkers
from support.upstreams import WordServer
from support.waiting import eventually
from thakur.proxy import Pool, PoolRouted, ProbeFailed, ProxyUnavailable, Route, Upstream, contact, service
from thakur.proxy.service import LocalProxy
from thakur.proxy.supervisor import Supervisor
from thakur.settings import Address

BLUE = Pool(id="blue", upstreams=(Upstream("127.0.0.1", 20001),))
LOOPBACK = Address("127.0.0.1", 0)
HOST = "shop.localhost"
SWITCHES = 10
ANSWER_SECONDS = 0.005
GREEN = Pool(id="green", directory="green", is_spa=True)


@pytest.fixture
def fake(tmp_path: Path) -> FakeWorkers:
    return FakeWorkers(tmp_path)


@pytest.fixture
async def proxy(fake: FakeWorkers, tmp_path: Path) -> AsyncIterator[LocalProxy]:
    workers = Supervisor(LOOPBACK, tmp_path / "run", tmp_path, program=fake.program, count=2)
    proxy = LocalProxy(workers)
    await proxy.start()
    yield proxy
    fake.set()
    await proxy.stop(0)


@pytest.fixture
def workers(tmp_path: Path) -> Supervisor:
    return Supervisor(LOOPBACK, tmp_path / "run", tmp_path / "static", count=2)


@pytest.fixture
async def working(workers: Supervisor) -> AsyncIterator[LocalProxy]:
    """A proxy with real workers."""
    proxy = LocalProxy(workers)
    await proxy.start()
    yield proxy
    await proxy.stop(0)


def newest(fake: FakeWorkers) -> tuple[set[str], dict[str, str]]:
    message = max(fake.heard("table"), key=lambda message: int(message["version"]))
    return {pool["id"] for pool in message["pools"]}, message["routes"]


async def test_a_pool_that_was_added_is_known_and_not_routed(proxy: LocalProxy, fake: FakeWorkers) -> None:
    await proxy.add(BLUE)
    await proxy.add(GREEN)

    assert newest(fake) == ({"blue", "green"}, {})
    pools = fake.heard("table")[-1]["pools"]
    assert pools == [
        {"id": "blue", "upstreams": [["127.0.0.1", 20001]], "directory": None, "is_spa": False, "earlier": None},
        {"id": "green", "upstreams": [], "directory": "green", "is_spa": True, "earlier": None},
    ]


async def test_a_host_that_is_not_named_keeps_its_pool(proxy: LocalProxy, fake: FakeWorkers) -> None:
    await proxy.add(BLUE)
    await proxy.add(GREEN)
    await proxy.route((Route("a.localhost", "blue"), Route("b.localhost", "blue")))

    await proxy.route((Route("b.localhost", "green"),))

    assert newest(fake)[1] == {"a.localhost": "blue", "b.localhost": "green"}


async def test_a_host_that_was_taken_away_is_gone(proxy: LocalProxy, fake: FakeWorkers) -> None:
    await proxy.add(BLUE)
    await proxy.route((Route("a.localhost", "blue"), Route("b.localhost", "blue")))

    await proxy.unroute(("a.localhost", "unknown.localhost"))

    assert newest(fake)[1] == {"b.localhost": "blue"}


async def test_what_is_asked_for_twice_is_told_once(proxy: LocalProxy, fake: FakeWorkers) -> None:
    for _ in range(2):
        await proxy.add(BLUE)
        await proxy.route((Route("a.localhost", "blue"),))
    told = len(fake.heard("table"))
    for _ in range(2):
        await proxy.unroute(("a.localhost",))

    assert (told, len(fake.heard("table"))) == (6, 8)


async def test_a_route_to_an_unknown_pool_is_refused(proxy: LocalProxy, fake: FakeWorkers) -> None:
    with pytest.raises(ProxyUnavailable):
        await proxy.route((Route("a.localhost", "blue"),))

    assert newest(fake) == (set(), {})


async def test_calls_at_the_same_time_lose_nothing(proxy: LocalProxy, fake: FakeWorkers) -> None:
    pools = [Pool(id=f"pool-{number}") for number in range(10)]

    await asyncio.gather(*(proxy.add(pool) for pool in pools))

    assert newest(fake)[0] == {pool.id for pool in pools}


async def test_a_failed_route_leaves_the_old_one_in_force(
    proxy: LocalProxy, fake: FakeWorkers, monkeypatch: pytest.MonkeyPatch
) -> None:
    await proxy.add(BLUE)
    await proxy.add(GREEN)
    await proxy.route((Route("a.localhost", "blue"),))
    monkeypatch.setattr(contact, "ACK_SECONDS", 0.3)
    monkeypatch.setattr(contact, "HUNG_UP_SECONDS", 0.05)
    fake.set(deaf=True)

    with monkeypatch.context() as hurry:
        shorten(hurry)
        with pytest.raises(ProxyUnavailable):
            await proxy.route((Route("a.localhost", "green"),))

    fake.set()
    await proxy.add(Pool(id="later"))
    assert newest(fake) == ({"blue", "green", "later"}, {"a.localhost": "blue"})


async def test_a_failed_route_takes_back_what_some_workers_have_already(
    proxy: LocalProxy, fake: FakeWorkers, monkeypatch: pytest.MonkeyPatch
) -> None:
    await proxy.add(BLUE)
    shorten(monkeypatch)
    first, _ = workers_of(fake)
    fake.set(deaf=first)

    with pytest.raises(ProxyUnavailable):
        await proxy.route((Route("a.localhost", "blue"),))

    # A worker that is busy hears of it after the proxy has stopped waiting for its word.
    await eventually(lambda: newest(fake) == ({"blue"}, {}))


async def test_a_pool_that_is_routed_cannot_be_drained(proxy: LocalProxy, fake: FakeWorkers) -> None:
    await proxy.add(BLUE)
    await proxy.route((Route("a.localhost", "blue"),))

    with pytest.raises(PoolRouted):
        await proxy.drain("blue", 1, 1)

    assert not fake.heard("drain")


async def test_a_drained_pool_is_forgotten_before_anybody_waits_for_it(proxy: LocalProxy, fake: FakeWorkers) -> None:
    await proxy.add(BLUE)

    await proxy.drain("blue", 1, 1)

    assert newest(fake) == (set(), {})
    assert await proxy.drain("blue", 1, 1) == 0


async def test_other_pools_can_be_routed_while_one_drains(proxy: LocalProxy, fake: FakeWorkers) -> None:
    await proxy.add(BLUE)
    await proxy.add(GREEN)
    fake.set(holds=True, lets_go_of="requests")
    draining = asyncio.ensure_future(proxy.drain("blue", 0.5, 60))
    await eventually(lambda: len(fake.heard("drain")) == 2)

    await proxy.route((Route("a.localhost", "green"),))

    assert not draining.done()
    assert await draining == 6


async def test_a_probe_without_a_worker_fails(fake: FakeWorkers, tmp_path: Path) -> None:
    proxy = LocalProxy(Supervisor(LOOPBACK, tmp_path / "run", tmp_path, program=fake.program))

    with pytest.raises(ProbeFailed):
        await proxy.probe("blue", "a.localhost", "/", 1)


async def test_a_proxy_that_is_started_again_knows_its_routes(proxy: LocalProxy, fake: FakeWorkers) -> None:
    await proxy.add(BLUE)
    await proxy.route((Route("a.localhost", "blue"),))
    await proxy.stop(1)

    await proxy.start()

    assert newest(fake) == ({"blue"}, {"a.localhost": "blue"})
    assert proxy.listens_on().startswith("127.0.0.1:")


@pytest.mark.walk
async def test_switches_under_load_lose_no_request_and_show_no_old_body_afterwards(
    working: LocalProxy, tmp_path: Path
) -> None:
    async with AsyncExitStack() as servers, loaded(working) as (load, first):
        old = first
        for turn in range(1, SWITCHES + 1):
            new = await servers.enter_async_context(WordServer(f"<{turn}>", ANSWER_SECONDS))
            await switch(working, old, new)
            switched_at = time.monotonic()
            await working.drain(old.word, 5, 5)
            old.die()
            await load.until(load.requests + 200)
            assert load.last_sent[old.word] < switched_at
            old = new

    assert load.report().failed == 0, load.report()
    assert len(load.report().words) == SWITCHES + 1


@pytest.mark.walk
async def test_switches_without_the_drain_lose_requests(working: LocalProxy) -> None:
    async with AsyncExitStack() as servers, loaded(working) as (load, first):
        old = first
        for turn in range(1, SWITCHES + 1):
            new = await servers.enter_async_context(WordServer(f"<{turn}>", ANSWER_SECONDS))
            await switch(working, old, new)
            old.die()
            await load.until(load.requests + 200)
            old = new

    assert load.report().failed > 0, "the drain must be what saves them"


async def test_a_probe_sees_what_a_visitor_would_see(working: LocalProxy) -> None:
    async with WordServer("hello") as server:
        await working.add(server.pool("p1"))

        answers = [await working.probe("p1", "shop.localhost", "/", 5) for _ in range(4)]

    assert {answer.status for answer in answers} == {200}
    assert server.hosts == {"shop.localhost"}


async def test_a_probe_of_an_application_that_takes_no_connection_says_so(working: LocalProxy) -> None:
    async with WordServer("hello") as server:
        await working.add(server.pool("p1"))

    with pytest.raises(ProbeFailed) as raised:
        await working.probe("p1", "shop.localhost", "/", 5)

    assert "takes no connection" in raised.value.message


async def test_a_worker_that_was_started_again_knows_every_host_from_its_first_visitor(
    working: LocalProxy, workers: Supervisor
) -> None:
    async with WordServer("hello") as server:
        await working.add(server.pool("p1"))
        await working.route((Route(HOST, "p1"),))
        for _ in range(3):
            for pid in workers.pids():
                os.kill(pid, signal.SIGKILL)
            async with StrictLoad(working.listens_on(), HOST, ["hello"], kept=0, fresh=10) as load:
                await load.until(20)
            assert "status" not in load.report().failures


async def test_the_proxy_works_on_uvloop(tmp_path: Path) -> None:
    async def walk() -> int:
        proxy = LocalProxy(Supervisor(LOOPBACK, tmp_path / "run", tmp_path / "static"))
        await proxy.start()
        try:
            await proxy.add(Pool(id="files", directory="site"))
            return (await proxy.probe("files", HOST, "/", 5)).status
        finally:
            await proxy.stop(1)

    (tmp_path / "static/site").mkdir(parents=True)
    (tmp_path / "static/site/index.html").write_text("hello")

    with ThreadPoolExecutor(1) as thread:
        assert thread.submit(uvloop.run, walk()).result() == 200


def workers_of(fake: FakeWorkers) -> list[int]:
    return sorted({message["pid"] for message in fake.heard("hello")})


@asynccontextmanager
async def loaded(proxy: LocalProxy) -> AsyncIterator[tuple[StrictLoad, WordServer]]:
    first = WordServer("<0>", ANSWER_SECONDS)
    words = [f"<{turn}>" for turn in range(SWITCHES + 1)]
    async with first:
        await proxy.add(first.pool(first.word))
        await proxy.route((Route(HOST, first.word),))
        async with StrictLoad(proxy.listens_on(), HOST, words, kept=10, fresh=10) as load:
            await load.until(200)
            yield load, first


async def switch(proxy: LocalProxy, old: WordServer, new: WordServer) -> None:
    await proxy.add(new.pool(new.word))
    assert (await proxy.probe(new.word, HOST, "/", 5)).status == 200
    assert old.answered
    await proxy.route((Route(HOST, new.word),))


def shorten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service, "REVERT_SECONDS", 0.05)
    monkeypatch.setattr(service, "TABLE_SECONDS", 0.05)
