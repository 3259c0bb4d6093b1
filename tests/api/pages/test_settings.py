import pytest


@pytest.fixture(autouse=True)
async def shop(client, doubles):
    await client.post("/api/v1/projects", json={"name": "shop"})
    return doubles


async def settings(client) -> dict:
    return (await client.get("/api/v1/projects/shop")).json()["settings"]


async def test_what_is_typed_is_set_and_what_is_empty_says_nothing(client):
    answer = await client.post(
        "/projects/shop/settings", data={"root": "apps/web", "build": "", "build_minutes": "5", "trust_scripts": "true"}
    )

    assert "Saved." in answer.text
    assert await settings(client) == {"root": "apps/web", "build_minutes": 5, "trust_scripts": True}


async def test_a_field_that_is_emptied_is_as_detected_again(client):
    await client.post("/projects/shop/settings", data={"start": "bun x.ts"})

    await client.post("/projects/shop/settings", data={"start": ""})

    assert await settings(client) == {}


async def test_what_is_refused_is_said_at_its_field_and_stays_typed(client):
    answer = await client.post("/projects/shop/settings", data={"build_minutes": "soon"})

    assert answer.status_code == 422
    assert 'value="soon"' in answer.text
    assert 'aria-invalid="true"' in answer.text


async def test_a_project_is_deleted_only_by_its_typed_name(client):
    refused = await client.post("/projects/shop/settings/deletion", data={"retyped": "shopp"})
    assert refused.status_code == 422
    assert (await client.get("/projects/shop")).status_code == 200

    done = await client.post("/projects/shop/settings/deletion", data={"retyped": "shop"})

    assert "The project is being deleted." in done.text
    assert (await client.get("/projects/shop")).status_code == 404


async def test_caches_are_cleared_and_it_says_how_much_that_was(client, shop):
    answer = await client.post("/projects/shop/settings/cache")

    assert "freed." in answer.text
