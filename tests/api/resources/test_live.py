import pytest

from support.services import make_deployment
from thakur.runtime import EdgeFacts, EdgeSeen, ReplicasSeen, ReplicaState, ReplicaStatus

SHOP = "/api/v1/projects/shop"


@pytest.fixture
async def shop(client):
    await client.post("/api/v1/projects", json={"name": "shop"})


async def test_the_replicas_of_what_is_live_are_told_by_edge(client, doubles, shop):
    doubles.runtime.rows[1, 7] = make_deployment(1, 7)
    doubles.edges.seen = [
        ReplicasSeen(edge="one", replicas=(ReplicaStatus(number=1, port=4000, state=ReplicaState.RUNNING),)),
        ReplicasSeen(edge="two"),
    ]
    told = (await client.get(f"{SHOP}/replicas")).json()

    (replica,) = told["replicas"]
    assert (told["deployment"], told["away"]) == (7, ["two"])
    assert (replica["edge"], replica["number"], replica["state"], replica["port"]) == ("one", 1, "running", 4000)


async def test_nothing_runs_where_nothing_is_live(client, shop):
    assert (await client.get(f"{SHOP}/replicas")).json() == {"deployment": None, "replicas": [], "away": []}


async def test_a_project_has_the_name_that_comes_with_it(client, doubles, shop):
    (domain,) = (await client.get(f"{SHOP}/domains")).json()
    assert (domain["kind"], domain["environment"], domain["deployment"]) == ("automatic", "production", None)
    assert domain["host"] in domain["url"]

    doubles.runtime.rows[1, 7] = make_deployment(1, 7)
    assert (await client.get(f"{SHOP}/domains")).json()[0]["deployment"] == 7


async def test_edges_tell_how_they_fare(client, doubles):
    facts = EdgeFacts(
        version="1", cpus=2, load=0.5, memory_bytes=4, memory_used_bytes=1, disk_bytes=8, disk_used_bytes=2, replicas=3
    )
    doubles.edges.rows = [EdgeSeen(name="one", facts=facts), EdgeSeen(name="two")]
    one, two = (await client.get("/api/v1/edges")).json()

    assert (one["name"], one["facts"]["replicas"]) == ("one", 3)
    assert (two["name"], two["facts"]) == ("two", None)
