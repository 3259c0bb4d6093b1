"""The page of Apps: how each fares, an App that exists, where events go, letting it go."""

import re
from dataclasses import replace
from html import unescape

import pytest
from sqlalchemy import text

from support.api_place import Place, api_place
from support.github import Clone
from thakur.accounts import Role, TokenScope
from thakur.api import Entrance
from thakur.fakegithub import FakeGitHub

PUBLIC = "https://deploy.example.org"


@pytest.fixture
async def github(tmp_path):
    async with FakeGitHub(tmp_path / "github") as github:
        yield github


@pytest.fixture
async def place(committed_db, stores, settings, github):
    changed = replace(
        settings, public_url=PUBLIC, github_url=github.url, git_schemes=("http",), git_hosts=("127.0.0.1",)
    )
    async with api_place(stores, changed, Entrance(is_loopback=True)) as made:
        made.client.headers["authorization"] = f"Bearer {await made.token('default', Role.ADMIN, TokenScope.ALL)}"
        yield made


async def add(place: Place, app, **changed: str):
    fields = {
        "app_id": str(app.id),
        "client_id": app.client_id,
        "client_secret": app.client_secret,
        "private_key": app.private_key,
        "webhook_secret": app.webhook_secret,
    }
    return await place.client.post("/installations/existing", data=fields | changed)


async def shown(place: Place) -> str:
    return unescape((await place.client.get("/installations")).text)


async def test_nothing_yet_says_what_to_do_first(place):
    page = await shown(place)

    assert "No GitHub is connected yet" in page
    assert 'href="/installations/new"' in page
    assert '<a href="/installations" aria-current="page">' in page


async def test_an_app_that_exists_is_added_by_a_form_and_its_secrets_are_shown_to_nobody(place, github):
    app = github.add_app("thakur-own", f"{PUBLIC}/webhooks/github")
    github.install(app, "ada", await github.add_repository("ada/shop"))

    refused = await add(place, app, private_key="no key")
    added = await add(place, app)

    assert refused.status_code == 422
    assert f'value="{app.client_id}"' in refused.text
    assert app.client_secret not in refused.text
    assert re.search(r'id="private_key"[^>]*aria-invalid="true"', refused.text)
    assert added.headers["location"] == "/installations?done=app_added"
    page = await shown(place)
    assert "thakur-own" in page
    assert app.webhook_secret not in page + app.client_secret


async def test_how_each_fares_is_told(place, github):
    app = github.add_app("thakur-own", f"{PUBLIC}/webhooks/github")
    installation = github.install(app, "ada", await github.add_repository("ada/shop"))
    github.state.people.organization("acme")
    other = github.install(app, "acme")
    await add(place, app)
    github.suspend(installation, is_suspended=True)

    assert (await place.client.post("/installations/look")).status_code == 303
    page = await shown(place)
    assert "suspended" in page
    assert f"/organizations/acme/settings/installations/{other.id}" in page
    assert "none yet" in page, "no event has come"
    async with place.core.db.session() as session:
        failed = "INSERT INTO webhook_deliveries (app_id, guid, event, action, branch, sender, status)"
        await session.execute(text(f"{failed} SELECT id, 'g', 'push', '', 'main', 'ada', 'failed' FROM github_apps"))
    assert "1 event of the last day could not be acted on." in await shown(place)

    github.fail("/app", times=20, status=401, message="A JSON web token could not be decoded")
    await place.client.post("/installations/look")
    assert "GitHub could not be asked about it." in await shown(place)


async def test_events_that_go_elsewhere_are_led_here_by_a_button(place, github):
    app = github.add_app("thakur-own", "https://old.example.org/webhooks/github")
    await add(place, app)
    here = f"{github.url}"
    page = await shown(place)
    assert "GitHub sends events to <code>https://old.example.org/webhooks/github</code>." in page
    assert "Send them here" in page

    answer = await place.client.post("/installations/webhook", data={"app_id": app.id, "url": here})

    assert answer.headers["location"] == "/installations?done=hook_set"
    assert app.hook_url == f"{PUBLIC}/webhooks/github"
    page = await shown(place)
    assert "Send them here" not in page
    before = app.webhook_secret
    await place.client.post("/installations/webhook", data={"app_id": app.id, "url": here, "secret": "new"})
    assert app.webhook_secret != before


async def test_an_app_is_removed_only_by_its_typed_name_and_its_owner_is_led_to_the_rest(place, github, tmp_path):
    app = github.add_app("thakur-own", f"{PUBLIC}/webhooks/github")
    repository = await github.add_repository("ada/shop")
    github.install(app, "ada", repository)
    clone = Clone(tmp_path / "work", github.push_url(repository))
    clone.commit({"index.html": "hello"})
    await clone.push()
    await add(place, app)
    made = await place.client.post("/api/v1/projects", json={"name": "shop", "github": "ada/shop"})
    assert made.status_code == 201, made.text
    form = {"app_id": app.id, "url": github.url}
    assert "shop (ada/shop)" in await shown(place)

    kept = await place.client.post("/installations/removal", data=form | {"retyped": "thakur"})
    unknown = await place.client.post("/installations/removal", data={"app_id": 1, "retyped": "thakur-own"})
    removed = await place.client.post("/installations/removal", data=form | {"retyped": "thakur-own"})

    assert (kept.status_code, unknown.status_code, removed.status_code) == (422, 422, 200)
    assert f"{github.url}/settings/apps/thakur-own/advanced" in removed.text
    assert "No GitHub is connected yet" in removed.text
    assert (await place.client.get("/api/v1/projects/shop")).json()["github"] is None


async def test_several_apps_of_one_number_are_told_apart_by_their_github(place, github, tmp_path):
    async with FakeGitHub(tmp_path / "other") as other:
        first, second = github.add_app("first", "http://a.example"), other.add_app("second", "http://b.example")
        assert first.id == second.id
        await add(place, first)
        await add(place, second, url=other.url)

        path = f"/api/v1/github/apps/{first.id}"
        ambiguous = await place.client.delete(path)
        removed = await place.client.delete(path, params={"url": other.url})

    assert (ambiguous.status_code, ambiguous.json()["code"]) == (404, "github_app_ambiguous")
    assert removed.json()["slug"] == "second"
    assert [each["slug"] for each in (await place.client.get("/api/v1/github/apps")).json()] == ["first"]
