import json

from thakur.runtime import EdgeFacts, EdgeSeen

GB = 1024**3


def test_edges_are_listed_with_what_they_cannot_enforce(thakur, server):
    facts = EdgeFacts(
        version="1.2.0",
        cpus=2,
        load=0.52,
        memory_bytes=4 * GB,
        memory_used_bytes=1 * GB,
        disk_bytes=80 * GB,
        disk_used_bytes=20 * GB,
        replicas=3,
        not_enforced={"memory": "no such control group is mounted"},
    )
    server.doubles.edges.rows = [EdgeSeen(name="one", facts=facts), EdgeSeen(name="two")]

    ran = thakur("edges")

    first, second = ran.out.splitlines()[1:]
    assert " ".join(first.split()) == "one 1.2.0 3 0.5 of 2 1.0 GB of 4.0 GB 20.0 GB of 80.0 GB all but 1"
    assert second.split()[:2] == ["two", "away"]
    assert "one does not enforce memory: no such control group is mounted\n" in ran.err
    assert "two does not answer just now. On that host: thakur doctor\n" in ran.err
    assert [row["name"] for row in json.loads(thakur("edges", "--json").out)] == ["one", "two"]
