import pytest

from support.services import make_build, make_deployment
from thakur.builds import BuildStatus, Failure
from thakur.runtime import DeploymentStatus


@pytest.fixture(autouse=True)
async def shop(client, doubles):
    await client.post("/api/v1/projects", json={"name": "shop"})
    return doubles


async def test_a_new_project_says_what_to_type(client):
    assert "thakur deploy . --project shop" in (await client.get("/projects/shop")).text


async def test_a_new_project_s_page_is_there_to_see_its_first_build_begin(client):
    text = (await client.get("/projects/shop")).text

    assert 'hx-sse:connect="/projects/shop/events"' in text
    assert 'id="recent" hidden' in text
    assert text.count('<symbol id="back"') == 1, "what is sent later may name any icon"


async def test_what_serves_is_told_with_the_way_back(client, shop):
    shop.builds.rows[1, 7] = make_build(1, 7, status=BuildStatus.SUCCEEDED)
    shop.runtime.rows[1, 6] = make_deployment(1, 6, status=DeploymentStatus.STANDBY)
    shop.runtime.rows[1, 7] = make_deployment(1, 7)

    text = (await client.get("/projects/shop")).text

    assert 'action="/projects/shop/deployments/6/rollback"' in text
    assert "Roll back to #6" in text


async def test_a_newer_failure_is_told_beside_what_still_serves(client, shop):
    shop.builds.rows[1, 7] = make_build(1, 7, status=BuildStatus.SUCCEEDED)
    shop.runtime.rows[1, 7] = make_deployment(1, 7)
    shop.builds.rows[1, 8] = make_build(
        1, 8, status=BuildStatus.FAILED, failure=Failure(code="x", what="It has no start script.")
    )

    text = (await client.get("/projects/shop")).text

    assert "<b>#8 failed.</b> It has no start script. #7 goes on serving." in text


async def test_another_project_is_a_page_that_says_so(client):
    answer = await client.get("/projects/shopp", headers={"accept": "text/html"})

    assert answer.status_code == 404
    assert "There is nothing here" in answer.text
    assert "no project shopp" in answer.text


async def test_a_program_is_told_a_problem_and_no_page(client):
    answer = await client.get("/api/v1/projects/shopp", headers={"accept": "text/html"})

    assert answer.headers["content-type"] == "application/problem+json"
