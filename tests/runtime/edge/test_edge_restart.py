import asyncio
import time
from pathlib import Path

import pytest

from support.fake_proxy import get
from support.local_edges import Bench, bench
from support.waiting import eventually
from thakur.runtime import DeploymentRefused


async def _activate(started: Bench, app: str = "ok", **fields: object) -> int:
    (port,) = (await started.edge.prepare(started.order(app, 1, **fields))).ports  # type: ignore[arg-type]
    await started.edge.check(1)
    await started.edge.switch(1)
    return port


def _routed_port(started: Bench) -> int:
    (pool_id,) = set(started.fake_proxy.routes.values())
    return started.fake_proxy.pools[pool_id].upstreams[0].port


async def test_a_restart_leads_visitors_to_new_replicas_while_the_old_ones_drain(tmp_path: Path) -> None:
    async with bench(tmp_path) as started:
        old = await _activate(started)
        started.fake_proxy.may_drain.clear()

        checked = await started.edge.restart(started.order("ok"))

        assert checked.status == 200
        assert (new := _routed_port(started)) != old
        assert (await get(new, "/"))[0] == (await get(old, "/"))[0] == 200
        started.fake_proxy.may_drain.set()
        await eventually(lambda: len(started.homes()) == 1)
        assert (await get(new, "/"))[0] == 200


async def test_a_restart_that_fails_leaves_the_old_replicas_and_nothing_of_the_new(tmp_path: Path) -> None:
    async with bench(tmp_path) as started:
        old = await _activate(started)

        with pytest.raises(DeploymentRefused) as refused:
            await started.edge.restart(started.order("exits", env={"EXIT_CODE": "3"}))

        assert refused.value.failure.code == "env_var_missing"
        assert _routed_port(started) == old
        assert len(started.homes()) == 1


async def test_a_restart_whose_deployment_was_replaced_meanwhile_takes_no_visitors(tmp_path: Path) -> None:
    async with bench(tmp_path) as started:
        await _activate(started)
        restarting = asyncio.ensure_future(started.edge.restart(started.order("slow_start")))
        await eventually(lambda: len(started.homes()) == 2)

        await started.edge.prepare(started.order("ok", 2))
        await started.edge.check(2)
        await started.edge.switch(2)
        await started.edge.retire(1)

        with pytest.raises(DeploymentRefused):
            await restarting
        await eventually(lambda: len(started.homes()) == 1)
        assert [pool_id.split("-")[0] for pool_id in started.fake_proxy.routes.values()] == ["2"]


async def test_a_restart_that_is_broken_off_leaves_nothing_of_the_new_replicas(tmp_path: Path) -> None:
    async with bench(tmp_path) as started:
        old = await _activate(started)
        restarting = asyncio.ensure_future(started.edge.restart(started.order("never_listens")))
        await eventually(lambda: len(started.homes()) == 2)

        restarting.cancel()
        await asyncio.wait([restarting])

        assert len(started.homes()) == 1
        assert _routed_port(started) == old


async def test_a_discarded_application_that_ignores_sigterm_is_gone_in_two_seconds(tmp_path: Path) -> None:
    async with bench(tmp_path) as started:
        await started.edge.prepare(started.order("deaf"))
        await started.edge.check(1)
        began = time.monotonic()

        await started.edge.discard(1)

        assert time.monotonic() - began < 2.0
        assert started.homes() == []
