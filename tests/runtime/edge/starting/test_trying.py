import os
import shutil
import socket
from pathlib import Path

import pytest

from support.fake_proxy import get
from support.local_edges import APPS, Bench, bench, make_order, uid_of
from support.waiting import eventually
from thakur.builds import Plan
from thakur.runtime import DeploymentRefused
from thakur.runtime.edge import health
from thakur.runtime.edge.starting.start import Start


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "WRONG_PORT_PAGE_SECONDS", 0.1)


def _free_port() -> int:
    with socket.socket() as candidate:
        candidate.bind(("127.0.0.1", 0))
        return candidate.getsockname()[1]


def _port(started: Bench) -> int:
    (pool,) = started.fake_proxy.pools.values()
    return pool.upstreams[0].port


async def _live(started: Bench, app: str, deployment_id: int = 1, **env: str) -> None:
    await started.edge.prepare(started.order(app, deployment_id, env=env))
    await started.edge.check(deployment_id)
    await started.edge.switch(deployment_id)


async def test_a_fixed_port_is_moved_and_two_deployments_of_it_run_side_by_side(tmp_path: Path) -> None:
    fixed = _free_port()
    async with bench(tmp_path) as started:
        await started.edge.prepare(started.order("fixed_port", env={"FIXED_PORT": str(fixed)}))
        checked = await started.edge.check(1)
        await started.edge.switch(1)
        first = _port(started)

        assert first != fixed
        assert await get(first) == (200, f"fixed to {fixed}")
        (note,) = checked.notes
        assert f"fixed to {fixed}" in note
        assert note in started.sink.texts()

        await started.edge.prepare(started.order("fixed_port", 2, env={"FIXED_PORT": str(fixed)}))
        again = await started.edge.check(2)

        assert again.notes == (), "the project's port is known by now"
        assert (await get(first))[0] == 200


async def test_a_fixed_port_beside_the_application_s_own_is_moved_out_of_the_way(tmp_path: Path) -> None:
    async with bench(tmp_path) as started:
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            taken.listen()
            await _live(started, "metrics_port", METRICS_PORT=str(taken.getsockname()[1]))

            (placement,) = started.edge.held()
            assert placement.start.moves_aside
            assert await get(_port(started)) == (200, "pages")


async def test_what_the_entry_exports_is_served_also_after_a_crash_and_by_the_next_edge(tmp_path: Path) -> None:
    async with bench(tmp_path) as started:
        await _live(started, "exports_handler")
        assert await get(_port(started), "/x") == (200, "exported /x")

        await started.come_back()
        (placement,) = started.edge.held()
        (replica,) = placement.replicas

        assert placement.start == Start(serves_export=True)
        await started.sandbox.end(replica.home.path.name)
        await eventually(lambda: replica.keeper.status().ends == 1)
        await eventually(lambda: replica.is_alive and replica.listens())
        assert await get(replica.port, "/y") == (200, "exported /y")


async def test_a_server_that_cannot_be_moved_is_led_to_where_it_listens(tmp_path: Path) -> None:
    async with bench(tmp_path) as started:
        await started.edge.prepare(started.order("wrong_port"))
        checked = await started.edge.check(1)

        assert await get(_port(started)) == (200, "here I am")
        assert f"led to port {_port(started)}" in checked.notes[-1]


async def test_a_server_at_another_address_is_moved_to_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "WRONG_PORT_SECONDS", 0.1)
    async with bench(tmp_path) as started:
        await _live(started, "other_address")

        assert await get(_port(started)) == (200, "here I am")


async def test_what_bun_cannot_run_is_run_under_node(tmp_path: Path) -> None:
    if shutil.which("node") is None:
        pytest.skip("no node on this host")
    async with bench(tmp_path) as started:
        directory = started.shelf.root / "1" / "only_node"
        directory.mkdir(parents=True)
        shutil.copyfile(APPS / "only_node.js", directory / "server.js")
        for path in (directory, directory / "server.js"):
            os.chown(path, uid_of(1), uid_of(1))
        plan = Plan(framework="node", kind="server", start=("bun", "server.js"))
        await started.edge.prepare(make_order(1, "only_node", plan))

        checked = await started.edge.check(1)

        assert await get(_port(started)) == (200, "node")
        assert "under node" in checked.notes[0]


async def test_what_no_start_brings_up_is_told_by_the_first_failure(tmp_path: Path) -> None:
    async with bench(tmp_path) as started:
        await started.edge.prepare(started.order("exits", env={"EXIT_CODE": "0"}))
        with pytest.raises(DeploymentRefused) as refused:
            await started.edge.check(1)

        assert refused.value.failure.code == "exited_at_once"
        assert "started again" in refused.value.output[-1]
        assert len(started.homes()) == 1
        assert started.edge.held()[0].start == Start()
