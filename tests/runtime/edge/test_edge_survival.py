"""The next edge of a data directory: what runs goes on, what has ended comes back, and then it asks what is assigned."""

import os
import signal
from pathlib import Path

import msgspec
import pytest

from support.fake_proxy import get
from support.local_edges import Bench, bench, real_proxy
from support.waiting import eventually
from thakur.errors import Unavailable
from thakur.logs import Level
from thakur.runtime import Order, ReplicaState
from thakur.runtime.edge.placements import convergence
from thakur.runtime.edge.placements.state import EdgeRecord, StateFile
from thakur.runtime.edge.replicas.homes import Home, homes_directory
from thakur.sandbox import Identity


async def activate(started: Bench, order: Order) -> None:
    await started.edge.prepare(order)
    await started.edge.check(order.deployment_id)
    await started.edge.switch(order.deployment_id)


def identities(started: Bench) -> list[Identity]:
    found = [replica.identity for each in StateFile(started.data_dir).load().placements for replica in each.replicas]
    assert all(found)
    return [identity for identity in found if identity]


def ports(started: Bench) -> list[int]:
    return [upstream.port for pool in started.fake_proxy.pools.values() for upstream in pool.upstreams]


def hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(convergence, "EVERY_SECONDS", 0.05)
    monkeypatch.setattr(convergence, "SETTLE_SECONDS", 0.0)


async def test_what_runs_goes_on_with_its_process_its_port_and_its_pool(tmp_path: Path) -> None:
    async with bench(tmp_path) as started:
        order = started.order("ok", replicas=2)
        started.shelf.orders = [order]
        await activate(started, order)
        processes, pools, routes = identities(started), started.fake_proxy.pools, started.fake_proxy.routes

        await started.come_back()

        assert identities(started) == processes
        assert started.fake_proxy.pools == pools
        assert started.fake_proxy.routes == routes
        assert [await get(port) for port in ports(started)] == [(200, "hello from ok")] * 2
        assert [status.state for status in await started.edge.status(1)] == [ReplicaState.RUNNING] * 2
        assert (await started.edge.prepare(order)).ports == tuple(ports(started))


async def test_its_log_goes_on_and_no_line_comes_twice(tmp_path: Path) -> None:
    async with bench(tmp_path) as started:
        await activate(started, started.order("ok"))
        (port,) = ports(started)
        await get(port, "/one")
        await eventually(lambda: "GET /one" in started.sink.texts())
        await started.edge.leave()
        await get(port, "/two")

        await started.come_back()
        await get(port, "/three")

        await eventually(lambda: "GET /three" in started.sink.texts())
        told = [text for text in started.sink.texts() if text in ("GET /one", "GET /two", "GET /three")]
        assert told == ["GET /one", "GET /two", "GET /three"]


async def test_a_replica_that_was_adopted_is_kept_running(tmp_path: Path) -> None:
    async with bench(tmp_path) as started:
        await activate(started, started.order("ok"))
        await started.come_back()
        (port,) = ports(started)

        await get(port, "/end")

        await eventually(lambda: not ports(started))
        (again,) = await eventually(lambda: ports(started))
        assert (await get(again))[0] == 200


async def test_what_ended_meanwhile_comes_back(tmp_path: Path) -> None:
    async with bench(tmp_path) as started:
        await activate(started, started.order("ok", env={"NAME": "kept"}))
        (before,) = identities(started)
        await started.edge.leave()
        os.kill(before.app.pid, signal.SIGKILL)
        await eventually(lambda: not started.sandbox.is_alive(before))

        await started.come_back()

        (port,) = await eventually(lambda: ports(started))
        assert '"NAME":"kept"' in (await get(port, "/env"))[1]
        assert started.sink.texts(Level.ERROR) == [
            "The application was ended by SIGKILL; it is started again in 0.1 s."
        ]


async def test_after_a_reboot_everything_routed_comes_back_without_asking_anybody(tmp_path: Path) -> None:
    async with bench(tmp_path) as started:
        await activate(started, started.order("ok", 1))
        await activate(started, started.static_order({"index.html": "hi"}, 2, environment_id=2, hosts=("files.test",)))
        await started.edge.prepare(started.order("ok", 3, environment_id=3, hosts=("new.test",)))
        await started.edge.leave()
        for identity in identities(started):
            await started.sandbox.end(identity.name)
        _rewrite(started, boot_id="another")
        started.shelf.failure = Unavailable("The api is away.")

        await started.come_back()

        assert set(started.fake_proxy.routes) == {"shop.localhost", "files.test"}
        (port,) = await eventually(lambda: ports(started))
        assert (await get(port))[0] == 200
        assert started.sink.texts(Level.ERROR) == ["The application ended with the host; it is started again in 0.1 s."]
        assert (await started.edge.status(3))[0].state is ReplicaState.ENDED, "it was never routed"


async def test_a_process_that_nobody_wrote_down_does_not_stand_in_the_way(tmp_path: Path) -> None:
    async with bench(tmp_path) as started:
        await activate(started, started.order("ok"))
        await started.edge.leave()
        (unwritten,) = identities(started)
        # As if the edge had died between the start of a process and its record.
        _rewrite(started, boot_id="another")

        await started.come_back()

        (port,) = await eventually(lambda: ports(started))
        assert not started.sandbox.is_alive(unwritten)
        assert (await get(port))[0] == 200


async def test_who_lives_in_no_recorded_home_is_drained_and_ended(tmp_path: Path) -> None:
    async with bench(tmp_path) as started:
        await activate(started, started.order("ok"))
        await started.edge.leave()
        (stranger,) = identities(started)
        await StateFile(started.data_dir).save(EdgeRecord(last_pool=7))
        Home(homes_directory(started.data_dir) / "9-9-0").path.mkdir()

        await started.come_back()

        await eventually(lambda: not started.homes())
        assert not started.sandbox.is_alive(stranger)
        assert sorted(started.fake_proxy.drained) == sorted([stranger.name.removesuffix("-0"), "9-9"])


async def test_what_was_being_retired_goes_on_draining(tmp_path: Path) -> None:
    async with bench(tmp_path) as started:
        await activate(started, started.order("ok", 1))
        started.shelf.orders = [started.order("ok", 2)]
        await activate(started, started.shelf.orders[0])
        started.fake_proxy.may_drain.clear()
        await started.edge.retire(1)

        await started.come_back()

        assert len(started.homes()) == 2, "its visitors are not cut"
        assert len(started.fake_proxy.pools) == 1
        started.fake_proxy.may_drain.set()
        await eventually(lambda: len(started.homes()) == 1)
        await eventually(lambda: len(StateFile(started.data_dir).load().placements) == 1)


async def test_what_was_prepared_is_still_prepared(tmp_path: Path) -> None:
    async with bench(tmp_path) as started:
        await activate(started, started.order("ok", 1))
        (port,) = (await started.edge.prepare(started.order("ok", 2))).ports

        await started.come_back()

        assert (await started.edge.check(2)).status == 200
        await started.edge.switch(2)
        assert ports(started)[-1] == port
        assert started.fake_proxy.routes["shop.localhost"].startswith("2-")
        await started.edge.discard(2)
        assert started.fake_proxy.routes["shop.localhost"].startswith("1-")


async def test_without_an_answer_the_edge_serves_from_its_own_files(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with bench(tmp_path) as started:
        await activate(started, started.order("ok"))
        started.shelf.failure = Unavailable("The api is away.")

        await started.come_back()

        assert (await get(*ports(started)))[0] == 200
        assert "assignments not had, serving on" in caplog.text


async def test_what_is_assigned_and_missing_is_brought_up_again_and_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    hurry(monkeypatch)
    async with bench(tmp_path) as started:
        started.shelf.orders = [started.order("ok")]
        artifact = started.shelf.root / "1" / "ok"
        artifact.rename(started.shelf.root / "away")
        await started.come_back()
        await eventually(lambda: "deployment not brought back" in caplog.text)

        (started.shelf.root / "away").rename(artifact)

        await eventually(lambda: "shop.localhost" in started.fake_proxy.routes)
        assert caplog.text.count("deployment not brought back") == 1


async def test_another_deployment_takes_over_when_it_is_assigned(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hurry(monkeypatch)
    async with bench(tmp_path) as started:
        await activate(started, started.order("ok", 1))
        started.shelf.orders = [started.order("ok", 2)]

        await started.come_back()

        await eventually(lambda: started.fake_proxy.routes["shop.localhost"].startswith("2-"))
        await eventually(lambda: len(started.homes()) == 1)


async def test_what_is_not_assigned_any_more_goes_when_that_was_said_twice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hurry(monkeypatch)
    async with bench(tmp_path) as started:
        await activate(started, started.order("ok"))
        await started.come_back()
        asked = started.shelf.asked

        await eventually(lambda: not started.fake_proxy.routes)

        assert started.shelf.asked >= asked + 1
        await eventually(lambda: not started.homes())
        assert "The replica was stopped: the application was ended by SIGTERM." in started.sink.texts()


async def test_a_deployment_answers_at_its_new_hosts(tmp_path: Path) -> None:
    async with bench(tmp_path) as started:
        order = started.order("ok", hosts=("shop.localhost", "www.localhost"))
        await activate(started, order)
        (before,) = identities(started)
        started.shelf.orders = [msgspec.structs.replace(order, hosts=("shop.example.test", "www.localhost"))]

        await started.come_back()

        assert set(started.fake_proxy.routes) == {"shop.example.test", "www.localhost"}
        assert identities(started) == [before]


async def test_a_pool_that_the_proxy_did_not_hear_of_is_told_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hurry(monkeypatch)
    async with bench(tmp_path) as started:
        order = started.order("ok")
        started.shelf.orders = [order]
        await activate(started, order)
        await started.come_back()
        (port,) = ports(started)
        started.fake_proxy.is_away = True
        await get(port, "/end")
        await eventually(lambda: identities(started)[0].app.pid and len(started.sink.texts(Level.ERROR)) == 1)
        (placement,) = started.edge.held()
        await eventually(lambda: placement.replicas[0].keeper.is_reachable and placement.replicas[0].port != port)
        assert ports(started) == [port]

        started.fake_proxy.is_away = False

        await eventually(lambda: ports(started) == [placement.replicas[0].port])


@pytest.mark.walk
async def test_visitors_of_the_real_proxy_follow_a_replica_to_its_new_port(tmp_path: Path) -> None:
    async with real_proxy(tmp_path) as proxy, bench(tmp_path, proxy) as started:
        port = int(proxy.listens_on().rpartition(":")[2])
        await activate(started, started.order("ok"))
        await get(port, "/end")

        async def answers() -> bool:
            return await get(port) == (200, "hello from ok")

        await eventually(lambda: started.sink.texts(Level.ERROR))
        await eventually(answers)


def _rewrite(started: Bench, boot_id: str) -> None:
    path = started.data_dir / "edge" / "state.json"
    (now,) = {identity.boot_id for identity in identities(started)}
    path.write_text(path.read_text().replace(now, boot_id))
