"""Tests of looking at hosts: who answers, and who is away."""

from support.edges import FakeEdge
from support.fake_accounts import OPERATOR
from thakur.builds import Plan
from thakur.db import Database
from thakur.runtime import Order
from thakur.runtime.deployments.store import DeploymentStore
from thakur.runtime.edges import LocalEdges


async def test_every_host_is_listed_and_who_does_not_answer_is_away(db: Database) -> None:
    store = DeploymentStore(db)
    here, away, gone = [await store.register_edge(name) for name in ("here", "away", "gone")]
    sleeping = FakeEdge()
    sleeping.is_away = True

    seen = await LocalEdges(db, {here: FakeEdge(), away: sleeping}).list(OPERATOR)

    assert gone
    assert {edge.name: edge.facts is not None for edge in seen} == {"away": False, "gone": False, "here": True}


async def test_replicas_are_told_by_every_host_that_answers(db: Database) -> None:
    store = DeploymentStore(db)
    here, away = [await store.register_edge(name) for name in ("here", "away")]
    sleeping, answering = FakeEdge(), FakeEdge()
    sleeping.is_away = True
    await answering.prepare(
        Order(
            deployment_id=7,
            project_id=1,
            project="shop",
            environment_id=1,
            number=7,
            digest="d",
            plan=Plan(framework="hono", kind="server"),
            hosts=(),
            runtime_stream_id=1,
        )
    )

    seen = await LocalEdges(db, {here: answering, away: sleeping}).replicas(7)

    assert [(one.edge, one.replicas) for one in seen] == [("away", None), ("here", await answering.status(7))]
    assert await answering.status(7)
