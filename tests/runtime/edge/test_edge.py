import asyncio
import json
from collections import Counter
from pathlib import Path

import pytest

from support.fake_proxy import get
from support.local_edges import Bench, bench, real_proxy
from support.waiting import eventually
from thakur.proxy import Pool
from thakur.runtime import DeploymentRefused, Edge, EdgeUnavailable
from thakur.runtime.edge import local


async def _activate(started: Bench, deployment_id: int, app: str = "ok", **fields: object) -> int:
    (port,) = (await started.edge.prepare(started.order(app, deployment_id, **fields))).ports  # type: ignore[arg-type]
    await started.edge.check(deployment_id)
    await started.edge.switch(deployment_id)
    return port


async def test_an_order_becomes_a_process_that_knows_where_to_listen(tmp_path: Path) -> None:
    async with bench(tmp_path) as started:
        _: Edge = started.edge
        port = await _activate(started, 1, env={"GREETING": "grüß\nGott"})

        env = json.loads((await get(port, "/env"))[1])
        assert env["PORT"] == str(port)
        assert env["GREETING"] == "grüß\nGott"
        assert (env["HOST"], env["NODE_ENV"]) == ("127.0.0.1", "production")
        assert list(started.fake_proxy.routes) == ["shop.localhost"]


async def test_preparing_twice_is_preparing_once(tmp_path: Path) -> None:
    async with bench(tmp_path) as started:
        order = started.order("ok")
        first, second = await asyncio.gather(started.edge.prepare(order), started.edge.prepare(order))

        assert first == second
        assert len(started.homes()) == 1


async def test_a_prepared_replica_that_died_is_prepared_anew(tmp_path: Path) -> None:
    async with bench(tmp_path) as started:
        first = await started.edge.prepare(started.order("exits", env={"EXIT_CODE": "1"}))
        with pytest.raises(DeploymentRefused):
            await started.edge.check(1)

        second = await started.edge.prepare(started.order("ok"))

        assert second.ports != first.ports
        assert (await started.edge.check(1)).status == 200
        assert len(started.homes()) == 1


async def test_static_files_are_a_pool_without_a_process(tmp_path: Path) -> None:
    async with bench(tmp_path) as started:
        prepared = await started.edge.prepare(started.static_order({"index.html": "hi"}))
        await started.edge.check(1)
        await started.edge.switch(1)

        assert prepared.ports == ()
        (pool,) = started.fake_proxy.pools.values()
        assert pool == Pool(id=pool.id, directory="1/files-1", is_spa=True, earlier="1/.assets/1")
        assert started.fake_proxy.routes == {"shop.localhost": pool.id}


async def test_whatever_fails_while_preparing_leaves_nothing(tmp_path: Path) -> None:
    async with bench(tmp_path) as started:
        order = started.order("ok")
        started.fake_proxy.is_away = True
        with pytest.raises(DeploymentRefused) as refused:
            await started.edge.prepare(order)

        assert refused.value.failure.code == "proxy_unavailable"
        assert started.homes() == []
        assert started.edge._holding.placements == {}
        started.fake_proxy.is_away = False
        assert (await started.edge.prepare(order)).ports


async def test_a_missing_artifact_is_told(tmp_path: Path) -> None:
    async with bench(tmp_path) as started:
        order = started.order("ok")
        (started.shelf.root / "1" / "ok").rename(started.shelf.root / "gone")
        with pytest.raises(DeploymentRefused) as refused:
            await started.edge.prepare(order)

        assert refused.value.failure.code == "artifact_not_found"
        assert refused.value.failure.next == "Build it again."


async def test_canceling_a_preparation_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with bench(tmp_path) as started:
        reached = asyncio.Event()

        async def never(pool: Pool) -> None:
            reached.set()
            await asyncio.Event().wait()

        monkeypatch.setattr(started.fake_proxy, "add", never)
        preparing = started.edge._tasks.spawn(started.edge.prepare(started.order("ok")), "prepare")
        await reached.wait()
        assert len(started.homes()) == 1
        preparing.cancel()
        await asyncio.wait([preparing])

        assert started.homes() == []


async def test_the_old_one_serves_until_the_switch_and_goes_after_its_drain(tmp_path: Path) -> None:
    async with bench(tmp_path) as started:
        old = await _activate(started, 1)
        started.fake_proxy.may_drain.clear()
        new = await _activate(started, 2)
        await started.edge.retire(1)
        await started.edge.retire(1)

        assert (await get(old))[0] == (await get(new))[0] == 200, "it drains in the background"
        started.fake_proxy.may_drain.set()
        await eventually(lambda: len(started.homes()) == 1)
        assert (await get(new))[0] == 200
        assert "The replica was stopped: the application was ended by SIGTERM." in started.sink.texts()
        assert len(started.fake_proxy.pools) == 1


async def test_a_deployment_comes_back_while_it_still_drains(tmp_path: Path) -> None:
    async with bench(tmp_path) as started:
        first = await _activate(started, 1)
        await _activate(started, 2)
        started.fake_proxy.may_drain.clear()
        await started.edge.retire(1)

        again = await _activate(started, 1)

        assert again != first
        started.fake_proxy.may_drain.set()
        await eventually(lambda: len(started.homes()) == 2)
        assert (await get(again))[0] == 200
        sources = {batch.source for batch in started.sink.batches if batch.deployment_id == 1}
        assert len([source for source in sources if "notices" not in source]) == 2, "each has a log file of its own"


async def test_what_answers_visitors_is_not_retired(tmp_path: Path) -> None:
    async with bench(tmp_path) as started:
        port = await _activate(started, 1)
        with pytest.raises(DeploymentRefused) as refused:
            await started.edge.retire(1)

        assert refused.value.failure.code == "deployment_routed"
        assert (await get(port))[0] == 200


async def test_requests_that_were_cut_are_told(tmp_path: Path) -> None:
    async with bench(tmp_path) as started:
        await _activate(started, 1)
        await _activate(started, 2)
        started.fake_proxy.cut = 3
        await started.edge.retire(1)

        await eventually(lambda: "3 requests were cut because they outlived the drain." in started.sink.texts())
        started.fake_proxy.cut = 0


async def test_discarding_leaves_nothing_and_may_be_repeated(tmp_path: Path) -> None:
    async with bench(tmp_path) as started:
        old = await _activate(started, 1)
        await started.edge.prepare(started.order("ok", 2))
        await started.edge.discard(2)
        await started.edge.discard(2)

        assert len(started.homes()) == len(started.fake_proxy.pools) == 1
        assert (await get(old))[0] == 200


async def test_discarding_after_a_switch_gives_the_hosts_back(tmp_path: Path) -> None:
    async with bench(tmp_path) as started:
        old = await _activate(started, 1)
        before = dict(started.fake_proxy.routes)
        await _activate(started, 2)
        assert started.fake_proxy.routes != before
        await started.edge.discard(2)

        assert started.fake_proxy.routes == before
        assert (await get(old))[0] == 200
        await started.edge.discard(1)
        assert started.fake_proxy.routes == {}


async def test_a_host_that_the_new_deployment_no_longer_has_is_taken_away(tmp_path: Path) -> None:
    async with bench(tmp_path) as started:
        await _activate(started, 1, hosts=("shop.localhost", "old.localhost"))
        await _activate(started, 2, hosts=("shop.localhost", "new.localhost"))
        await _activate(started, 3, hosts=("shop-git-main.localhost",), environment_id=2)

        assert sorted(started.fake_proxy.routes) == ["new.localhost", "shop-git-main.localhost", "shop.localhost"]


async def test_orders_for_a_deployment_that_is_not_held_are_refused(tmp_path: Path) -> None:
    async with bench(tmp_path) as started:
        for order in (started.edge.check, started.edge.switch):
            with pytest.raises(DeploymentRefused) as refused:
                await order(9)
            assert refused.value.failure.code == "deployment_not_prepared"
        await started.edge.retire(9)
        await started.edge.discard(9)


async def test_withdrawing_a_project_leaves_only_the_others(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(local, "WITHDRAW_DRAIN_SECONDS", 0.1)
    async with bench(tmp_path) as started:
        await _activate(started, 1)
        await _activate(started, 2)
        started.fake_proxy.may_drain.clear()
        await started.edge.retire(1)
        other = await _activate(started, 3, project_id=2, environment_id=5, hosts=("blog.localhost",))
        await started.edge.withdraw(1)

        assert list(started.fake_proxy.routes) == ["blog.localhost"]
        assert len(started.homes()) == len(started.fake_proxy.pools) == 1
        assert (await get(other))[0] == 200
        assert started.edge._holding.leaving == []
        assert "retire" not in " ".join(task.get_name() for task in started.edge._tasks._running)


async def test_withdrawing_an_environment_leaves_the_project_s_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(local, "WITHDRAW_DRAIN_SECONDS", 0.1)
    async with bench(tmp_path) as started:
        await _activate(started, 1)
        await _activate(started, 2, environment_id=5, hosts=("shop-git-next.localhost",))
        await started.edge.withdraw(1, 5)

        assert list(started.fake_proxy.routes) == ["shop.localhost"]
        assert len(started.homes()) == len(started.fake_proxy.pools) == 1


async def test_a_deployment_that_does_not_come_back_healthy_keeps_its_route_and_its_restarts(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async with bench(tmp_path) as started:
        started.shelf.orders = [
            started.order("answers_500", 1, 0.3),
            started.order("ok", 2, environment_id=2, hosts=("blog.localhost",)),
        ]
        await started.come_back()

        assert set(started.fake_proxy.routes) == {"shop.localhost", "blog.localhost"}
        assert "deployment unhealthy" in caplog.text


async def test_a_slow_application_does_not_hold_up_the_start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(local, "BOOT_SECONDS", 0.2)
    async with bench(tmp_path) as started:
        started.shelf.orders = [started.order("slow_start", 1)]
        await started.come_back()

        assert started.fake_proxy.routes == {}
        await eventually(lambda: "shop.localhost" in started.fake_proxy.routes)


async def test_stopping_ends_everything_and_takes_no_more_orders(tmp_path: Path) -> None:
    async with bench(tmp_path) as started:
        port = await _activate(started, 1)
        await started.edge.prepare(started.order("never_listens", 2))
        await started.edge.stop(drain_seconds=0.1)

        assert started.homes() == []
        assert started.fake_proxy.routes == {}
        assert len(started.fake_proxy.drained) == 2
        with pytest.raises(OSError):
            await get(port)
        with pytest.raises(EdgeUnavailable):
            await started.edge.prepare(started.order("ok", 3))


async def test_stopping_has_one_deadline(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(local, "STOP_SECONDS", 0.1)
    monkeypatch.setattr(local, "LOG_SECONDS", 0.1)
    async with bench(tmp_path) as started:
        await _activate(started, 1)
        started.fake_proxy.may_drain.clear()

        await asyncio.wait_for(started.edge.stop(drain_seconds=0.2), 3)

        assert started.homes() == [], "what did not drain in time is ended"


@pytest.mark.walk
async def test_visitors_of_the_real_proxy_notice_no_switch(tmp_path: Path) -> None:
    async with real_proxy(tmp_path) as proxy, bench(tmp_path, proxy) as started:
        port = int(proxy.listens_on().rpartition(":")[2])
        await _activate(started, 1)
        answers: Counter[tuple[int, str]] = Counter()
        is_over = asyncio.Event()

        async def visit() -> None:
            while not is_over.is_set():
                answers[await get(port)] += 1

        visitors = [started.edge._tasks.spawn(visit(), "visitor") for _ in range(5)]
        for deployment_id in range(2, 5):
            await _activate(started, deployment_id)
            await started.edge.retire(deployment_id - 1)
        await eventually(lambda: len(started.homes()) == 1)
        is_over.set()
        await asyncio.gather(*visitors)

        assert list(answers) == [(200, "hello from ok")]
        assert answers.total() > 200


@pytest.mark.walk
async def test_files_are_live_through_the_real_proxy(tmp_path: Path) -> None:
    async with real_proxy(tmp_path) as proxy, bench(tmp_path, proxy) as started:
        await started.edge.prepare(started.static_order({"index.html": "<h1>files</h1>"}, within_seconds=5))
        checked = await started.edge.check(1)
        await started.edge.switch(1)

        assert checked.status == 200
        assert await get(int(proxy.listens_on().rpartition(":")[2])) == (200, "<h1>files</h1>")
