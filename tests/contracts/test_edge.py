"""What an Edge promises, kept by the double and by the real one, in-process and across the seam."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from support.edges import FakeEdge
from support.local_edges import Bench, bench, make_order
from support.seams import KEY, reached, serve_seam
from support.waiting import eventually
from thakur.builds import Plan
from thakur.runtime import DeploymentRefused, Edge, EdgeUnavailable, Order
from thakur.seam import Peer, SeamApp, client, mount

STATIC = Plan(framework="static", kind="static")


class Ground:
    """An edge, and orders that it will find healthy or sick."""

    def __init__(self, edge: Edge, bench: Bench | None = None, fake: FakeEdge | None = None) -> None:
        self.edge = edge
        self._bench = bench
        self._fake = fake

    def order(self, deployment_id: int) -> Order:
        if self._bench:
            return self._bench.static_order({"index.html": "hi"}, deployment_id)
        return make_order(deployment_id, "d" * 64, STATIC)

    def sick_order(self, deployment_id: int) -> Order:
        if self._bench:
            return self._bench.order("exits", deployment_id, env={"EXIT_CODE": "3"})
        assert self._fake
        self._fake.refuses_to_check.add(deployment_id)
        return self.order(deployment_id)

    def lost_order(self, deployment_id: int) -> Order:
        if self._fake:
            self._fake.refuses_to_prepare.add(deployment_id)
        return make_order(deployment_id, "nowhere", STATIC)


@pytest.fixture(params=["local", "remote"])
def way(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(params=["fake", "real"])
async def ground(request: pytest.FixtureRequest, way: str, tmp_path: Path) -> AsyncIterator[Ground]:
    if request.param == "fake":
        fake = FakeEdge()
        async with reached(way, Edge, fake, tmp_path) as edge:
            yield Ground(edge, fake=fake)
        return
    async with bench(tmp_path) as started, reached(way, Edge, started.edge, tmp_path) as edge:
        yield Ground(edge, bench=started)


async def test_an_order_is_prepared_checked_and_switched(ground: Ground) -> None:
    prepared = await ground.edge.prepare(ground.order(1))
    checked = await ground.edge.check(1)
    await ground.edge.switch(1)

    assert prepared.ports == ()
    assert checked.status == 200


async def test_every_call_may_be_repeated(ground: Ground) -> None:
    order = ground.order(1)
    first = await ground.edge.prepare(order)

    assert await ground.edge.prepare(order) == first
    await ground.edge.check(1)
    await ground.edge.check(1)
    await ground.edge.switch(1)
    await ground.edge.switch(1)
    for _ in range(2):
        await ground.edge.withdraw(order.project_id)
        await ground.edge.discard(1)
        await ground.edge.retire(1)


async def test_what_cannot_be_prepared_is_refused_with_the_reason(ground: Ground) -> None:
    with pytest.raises(DeploymentRefused) as refused:
        await ground.edge.prepare(ground.lost_order(1))

    assert refused.value.failure.what
    assert refused.value.message == refused.value.failure.what
    with pytest.raises(DeploymentRefused):
        await ground.edge.check(1)


async def test_what_is_not_healthy_is_refused_with_the_reason(ground: Ground) -> None:
    await ground.edge.prepare(ground.sick_order(1))
    with pytest.raises(DeploymentRefused) as refused:
        await ground.edge.check(1)

    assert refused.value.failure.next
    assert refused.value.output
    await ground.edge.discard(1)


async def test_what_was_not_prepared_is_not_switched(ground: Ground) -> None:
    with pytest.raises(DeploymentRefused):
        await ground.edge.switch(7)


async def test_what_is_routed_is_not_retired(ground: Ground) -> None:
    await ground.edge.prepare(ground.order(1))
    await ground.edge.switch(1)
    with pytest.raises(DeploymentRefused):
        await ground.edge.retire(1)

    await ground.edge.prepare(ground.order(2))
    await ground.edge.switch(2)
    await ground.edge.retire(1)


async def test_a_check_that_nobody_waits_for_is_given_up(tmp_path: Path) -> None:
    edge = FakeEdge()
    edge.may_check.clear()
    async with reached("remote", Edge, edge, tmp_path) as remote:
        await remote.prepare(make_order(1, "d" * 64, STATIC))
        checking = asyncio.ensure_future(remote.check(1))
        await eventually(lambda: len(edge.may_check._waiters) == 1)  # type: ignore[attr-defined]
        checking.cancel()
        await eventually(lambda: not edge.may_check._waiters)  # type: ignore[attr-defined]


async def test_an_edge_that_is_away_for_a_moment_is_asked_again(tmp_path: Path) -> None:
    edge = FakeEdge()
    edge.is_away = True
    async with serve_seam(SeamApp(mount(Edge, edge, KEY)), tmp_path / "edge.sock") as path:
        peer = Peer(path, KEY, retry_seconds=0.2)
        with pytest.raises(EdgeUnavailable):
            await client(Edge, peer).withdraw(1)
        withdrawing = asyncio.ensure_future(client(Edge, peer).withdraw(1))
        edge.is_away = False
        await withdrawing
        await peer.close()

    assert edge.withdrawn == [1]
