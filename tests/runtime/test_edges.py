"""Tests of looking at hosts: who answers, and who is away."""

from support.edges import FakeEdge
from support.fake_accounts import OPERATOR
from thakur.db import Database
from thakur.runtime.edges import LocalEdges
from thakur.runtime.store import DeploymentStore


async def test_every_host_is_listed_and_who_does_not_answer_is_away(db: Database) -> None:
    store = DeploymentStore(db)
    here, away, gone = [await store.register_edge(name) for name in ("here", "away", "gone")]
    sleeping = FakeEdge()
    sleeping.is_away = True

    seen = await LocalEdges(db, {here: FakeEdge(), away: sleeping}).list(OPERATOR)

    assert gone
    assert {edge.name: edge.facts is not None for edge in seen} == {"away": False, "gone": False, "here": True}
