from thakur.runtime import EdgeFacts, EdgeSeen

FACTS = EdgeFacts(
    version="0.1.0",
    cpus=2,
    load=0.5,
    memory_bytes=2_000_000_000,
    memory_used_bytes=1_000_000_000,
    disk_bytes=20_000_000_000,
    disk_used_bytes=18_200_000_000,
    replicas=3,
    enforced=("sandbox",),
    not_enforced={"memory": "This user has no cgroup of its own."},
)


async def test_a_host_tells_what_it_uses_and_what_it_cannot_enforce(client, doubles):
    doubles.edges.rows = [EdgeSeen(name="fra", facts=FACTS)]

    text = (await client.get("/edges")).text

    assert "disk nearly full" in text
    assert "91 %" in text
    assert "3 replicas" in text
    assert "This user has no cgroup of its own." in text


async def test_a_host_that_does_not_answer_is_away(client, doubles):
    doubles.edges.rows = [EdgeSeen(name="sin")]

    text = (await client.get("/edges")).text

    assert "<b>away</b>" in text
    assert "It keeps serving what it had" in text
