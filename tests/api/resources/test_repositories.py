import pytest

from thakur.identities import SignInNeeded

PATH = "/api/v1/projects/shop/repository"
URL = "https://github.com/ada/shop"


@pytest.fixture
async def shop(client):
    await client.post("/api/v1/projects", json={"name": "shop"})


async def test_a_repository_is_named_shown_without_its_token_and_forgotten(client, shop):
    answer = await client.put(PATH, json={"git_url": URL, "branch": "main", "git_token": "s3cret"})
    assert answer.json() == {"url": URL, "branch": "main", "has_token": True}
    shown = (await client.get("/api/v1/projects/shop")).json()
    assert shown["repository"] == answer.json()

    assert (await client.delete(PATH)).status_code == 200
    assert (await client.get("/api/v1/projects/shop")).json()["repository"] is None


async def test_a_project_is_made_with_its_repository_or_not_at_all(client):
    answer = await client.post("/api/v1/projects", json={"name": "shop", "git_url": URL})
    assert answer.json()["repository"]["url"] == URL
    refused = await client.post("/api/v1/projects", json={"name": "two", "git_url": "git@github.com:ada/two"})
    assert (refused.status_code, refused.json()["field"]) == (422, "git_url")
    assert (await client.get("/api/v1/projects/two")).status_code == 404


async def test_nobody_follows_a_repository_that_github_does_not_show_them(client, doubles, shop):
    doubles.browser.refusal = SignInNeeded("GitHub shows your repositories to you alone", hint="Sign in with GitHub.")

    made = await client.post("/api/v1/projects", json={"name": "two", "github": "ada/shop"})
    followed = await client.put("/api/v1/projects/shop/github", json={"repository": "ada/shop"})

    assert (made.status_code, made.json()["code"]) == (403, "github_sign_in_needed")
    assert (followed.status_code, followed.json()["code"]) == (403, "github_sign_in_needed")
    assert (await client.get("/api/v1/projects/two")).status_code == 404
    assert (await client.get("/api/v1/projects/shop")).json()["repository"] is None
