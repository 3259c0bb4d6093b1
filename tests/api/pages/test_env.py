from datetime import UTC, datetime

import pytest

from support.services import make_deployment
from thakur.projects import Phase, Scope


@pytest.fixture(autouse=True)
async def shop(client, doubles):
    await client.post("/api/v1/projects", json={"name": "shop"})
    return doubles


async def listed(client) -> dict[tuple[str, str], str]:
    return {(one["name"], one["scope"]): one["phase"] for one in (await client.get("/api/v1/projects/shop/env")).json()}


async def test_a_name_and_a_value_are_saved_and_the_value_is_not_shown(client):
    answer = await client.post(
        "/projects/shop/env", data={"name": "TOKEN", "value": "s3cret", "given_to": ["build", "start"]}
    )

    assert "Saved." in answer.text
    assert "TOKEN" in answer.text
    assert "s3cret" not in answer.text
    assert await listed(client) == {("TOKEN", Scope.PRODUCTION): Phase.BOTH}


async def test_one_box_narrows_who_is_given_it(client):
    await client.post("/projects/shop/env", data={"name": "TOKEN", "value": "x", "given_to": "build"})

    assert await listed(client) == {("TOKEN", Scope.PRODUCTION): Phase.BUILD}


async def test_a_pasted_file_goes_to_the_scope_of_the_page(client):
    answer = await client.post("/projects/shop/env?scope=preview", data={"dotenv": "A=1\nB='two'\n"})

    assert "Saved." in answer.text
    assert set(await listed(client)) == {("A", Scope.PREVIEW), ("B", Scope.PREVIEW)}


async def test_what_is_refused_is_said_and_what_was_typed_stays(client):
    answer = await client.post("/projects/shop/env", data={"name": "PORT", "value": "x"})

    assert answer.status_code == 422
    assert 'role="alert"' in answer.text
    assert 'value="PORT"' in answer.text


async def test_nothing_at_all_is_refused(client):
    assert (await client.post("/projects/shop/env", data={"name": " "})).status_code == 422


async def test_a_change_that_is_not_live_offers_a_redeploy(client, shop):
    shop.runtime.rows[1, 7] = make_deployment(1, 7, created_at=datetime(2020, 1, 1, tzinfo=UTC))
    await client.post("/projects/shop/env", data={"name": "TOKEN", "value": "x"})

    text = (await client.get("/projects/shop/env")).text

    assert "1 change is not live." in text
    assert 'action="/projects/shop/deployments/7/redeploy"' in text


async def test_a_name_can_be_unset(client):
    await client.post("/projects/shop/env", data={"name": "TOKEN", "value": "x"})

    await client.post("/projects/shop/env/unsetting", data={"name": "TOKEN"})

    assert await listed(client) == {}
