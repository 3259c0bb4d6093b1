import msgspec
import pytest

from support.services import entries, make_deployment
from thakur.runtime import AlreadyActive, DeploymentStatus, RolloutFailure

SHOP = "/api/v1/projects/shop/deployments"


async def test_a_failed_deployment_says_why(client, doubles):
    await client.post("/api/v1/projects", json={"name": "shop"})
    failure = RolloutFailure(
        code="unhealthy", what="GET / answered 500.", why="It throws.", next="Read the log.", still_active=1
    )
    doubles.runtime.rows[1, 2] = make_deployment(1, 2, status=DeploymentStatus.FAILED, failure=failure)

    body = (await client.get(f"{SHOP}/2")).json()

    assert body["status"] == "failed"
    assert body["failure"] == {
        "code": "unhealthy",
        "what": "GET / answered 500.",
        "why": "It throws.",
        "next": "Read the log.",
        "still_active": 1,
    }


async def test_a_deployment_is_known_by_its_number_alone(client, doubles):
    await client.post("/api/v1/projects", json={"name": "shop"})
    doubles.runtime.rows[1, 2] = make_deployment(1, 2)
    doubles.runtime.rows[1, 3] = msgspec.structs.replace(make_deployment(1, 3), build_id=None)

    again, built = (await client.get(SHOP)).json()

    assert not [name for name in built if name == "id" or name.endswith("_id")]
    assert (built["number"], built["has_build"]) == (2, True)
    assert (again["number"], again["has_build"]) == (3, False)
    assert (await client.get(f"{SHOP}/2")).json() == built


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


async def test_deployments_are_filtered_by_status(client, doubles):
    await client.post("/api/v1/projects", json={"name": "shop"})
    for number, status in ((1, DeploymentStatus.RETIRED), (2, DeploymentStatus.STANDBY), (3, DeploymentStatus.ACTIVE)):
        doubles.runtime.rows[1, number] = make_deployment(1, number, status=status)

    assert [row["number"] for row in (await client.get(f"{SHOP}?status=standby")).json()] == [2]
    refused = await client.get(f"{SHOP}?status=lively")
    assert (refused.status_code, refused.json()["field"]) == (422, "status")


async def test_the_newest_lines_of_a_log_can_be_asked_for(client, doubles):
    await client.post("/api/v1/projects", json={"name": "shop"})
    doubles.runtime.rows[1, 2] = make_deployment(1, 2)
    await doubles.logs.append(102, entries("built", "switched"))

    assert [line["number"] for line in (await client.get(f"{SHOP}/2/logs?last=1")).json()] == [2]


@pytest.mark.parametrize(
    ("verb", "asked", "status"),
    [("rollback", "rollback", "starting"), ("restart", "restart", "standby"), ("cancellation", "cancel", "canceled")],
)
async def test_acts_are_resources_of_a_deployment(client, doubles, verb, asked, status):
    await client.post("/api/v1/projects", json={"name": "shop"})
    doubles.runtime.rows[1, 2] = make_deployment(1, 2, status=DeploymentStatus.STANDBY)

    answer = await client.post(f"{SHOP}/2/{verb}")

    assert (answer.status_code, answer.json()["status"]) == (202, status)
    assert doubles.rollouts.asked == [(asked, 2)]
    assert (await client.post(f"{SHOP}/9/{verb}")).status_code == 404


async def test_a_redeploy_is_a_new_deployment_of_another_ones_artifact(client, doubles):
    await client.post("/api/v1/projects", json={"name": "shop"})
    doubles.runtime.rows[1, 2] = make_deployment(1, 2, artifact_id=7)

    answer = await client.post(SHOP, json={"from": 2, "environment": "production"})

    assert answer.status_code == 201
    assert answer.json()["number"] == 3
    assert doubles.runtime.rows[1, 3].artifact_id == 7
    assert doubles.rollouts.asked == [("redeploy to production", 3)]


@pytest.mark.parametrize(("body", "status"), [({}, 422), ({"from": "two"}, 422), ("nonsense", 422)])
async def test_a_redeploy_needs_a_number(client, doubles, body, status):
    await client.post("/api/v1/projects", json={"name": "shop"})
    answer = await client.post(SHOP, json=body)
    assert answer.status_code == status
    assert doubles.rollouts.asked == []


async def test_a_refusal_says_what_to_do(client, doubles):
    await client.post("/api/v1/projects", json={"name": "shop"})
    doubles.runtime.rows[1, 2] = make_deployment(1, 2)
    doubles.rollouts.refusal = AlreadyActive("#2 is what is live.", hint="Choose another one.")

    answer = await client.post(f"{SHOP}/2/rollback")

    assert answer.status_code == 409
    assert answer.json()["code"] == "already_active"
    assert answer.json()["hint"] == "Choose another one."


@pytest.mark.parametrize("path", [SHOP, f"{SHOP}/2/rollback", f"{SHOP}/2/restart", f"{SHOP}/2/cancellation"])
async def test_a_stranger_may_act_on_nothing(stranger, doubles, path):
    assert (await stranger.post(path, json={"from": 2})).status_code == 401
    assert doubles.rollouts.asked == []
