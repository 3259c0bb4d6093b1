from support.services import entries, make_deployment
from thakur.builds import Failure
from thakur.runtime import DeploymentStatus

SHOP = "/api/v1/projects/shop/deployments"


async def test_a_failed_deployment_says_why(client, doubles):
    await client.post("/api/v1/projects", json={"name": "shop"})
    failure = Failure(code="unhealthy", what="GET / answered 500.", why="It throws.", next="Read the log.")
    doubles.runtime.rows[1, 2] = make_deployment(1, 2, status=DeploymentStatus.FAILED, failure=failure)

    body = (await client.get(f"{SHOP}/2")).json()

    assert body["status"] == "failed"
    assert body["failure"] == {
        "code": "unhealthy",
        "what": "GET / answered 500.",
        "why": "It throws.",
        "next": "Read the log.",
    }


async def test_deployments_come_newest_first(client, doubles):
    await client.post("/api/v1/projects", json={"name": "shop"})
    for number in (1, 2, 3):
        doubles.runtime.rows[1, number] = make_deployment(1, number)
    assert [row["number"] for row in (await client.get(f"{SHOP}?before=3")).json()] == [2, 1]
    assert (await client.get(f"{SHOP}/9")).json()["code"] == "deployment_not_found"


async def test_a_deployments_log_is_the_stream_of_its_number(client, doubles):
    await client.post("/api/v1/projects", json={"name": "shop"})
    doubles.runtime.rows[1, 2] = make_deployment(1, 2)
    await doubles.logs.append(102, entries("built", "switched"))
    assert [line["text"] for line in (await client.get(f"{SHOP}/2/logs?after=1")).json()] == ["switched"]
