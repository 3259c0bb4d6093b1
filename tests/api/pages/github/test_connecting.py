"""Connecting GitHub from the dashboard, as a browser does it: there by a form, and back with what GitHub gives."""

import json
import re
from dataclasses import replace
from html import unescape
from urllib.parse import parse_qs, urlsplit

import pytest
from sqlalchemy import text

from support.api_place import Place, api_place
from support.github import manifest_code
from support.github_browser import Browser
from thakur.api import Entrance
from thakur.fakegithub import FakeGitHub
from thakur.settings import SettingInvalid

PUBLIC = "https://deploy.example.org"


@pytest.fixture
async def github(tmp_path):
    async with FakeGitHub(tmp_path / "github") as github:
        yield github


@pytest.fixture
async def place(committed_db, stores, settings, github):
    changed = replace(settings, public_url=PUBLIC, github_url=github.url)
    async with api_place(stores, changed, Entrance(is_loopback=True)) as made:
        await sign_in(made)
        yield made


async def sign_in(place: Place) -> None:
    place.client.cookies.clear()
    made = await place.core.people.links.make_login(await place.core.people.accounts.operator(), None)
    assert (await place.client.post(f"/login/link/{made.secret}", data={"name": "ada"})).status_code == 303


async def leave(place: Place, path: str = "/installations/new", **headers: str) -> tuple[str, dict]:
    """Where the form leads, and the manifest that it holds."""
    answer = await place.client.get(path, headers=headers)
    assert answer.status_code == 200, answer.text
    action = re.search(r'<form class="panel" method="post" action="([^"]+)"', answer.text)
    manifest = re.search(r'name="manifest" value="([^"]+)"', answer.text)
    assert action is not None
    assert manifest is not None
    return unescape(action[1]), json.loads(unescape(manifest[1]))


def state_in(url: str) -> str:
    return parse_qs(urlsplit(url).query)["state"][0]


async def connect(place: Place, github: FakeGitHub, slug: str = "thakur-made"):
    """The App that is made, and where the browser is led next."""
    action, manifest = await leave(place)
    made = github.add_app(slug, "", setup_url=manifest["setup_url"])
    made.hook_url = manifest["hook_attributes"]["url"]
    query = {"code": manifest_code(github, made), "state": state_in(action)}
    back = await place.client.get("/installations/callback", params=query)
    assert back.status_code == 303, back.text
    return made, back.headers["location"]


@pytest.mark.walk
async def test_the_way_to_github_and_back_over_its_own_pages(place, github):
    shop = await github.add_repository("ada/shop")
    github.state.takes_local_hooks = True
    action, manifest = await leave(place)
    async with Browser(github, "ada") as browser:
        registered = await browser.post(action, manifest=json.dumps(manifest))
        assert registered.leads_to.startswith(f"{PUBLIC}/installations/callback?"), registered.text
        on = await place.client.get("/installations/callback", params=registered.brings)
        page = await browser.get(on.headers["location"])
        form = {"account": "ada", "selection": "selected", "repository": str(shop.id)}
        path = urlsplit(on.headers["location"]).path
        assert "ada/shop" in page.text
        installed = await browser.post(path, **form, state=state_in(on.headers["location"]))
    assert installed.leads_to.startswith(f"{PUBLIC}/installations/setup?")
    back = await place.client.get("/installations/setup", params=installed.brings)
    again = await place.client.get("/installations/setup", params=installed.brings)
    shown = (await place.client.get(back.headers["location"])).text

    (made,) = github.state.apps.values()
    assert (back.status_code, back.headers["location"]) == (303, "/installations?done=installed")
    assert again.status_code == 422
    assert made.permissions == manifest["default_permissions"]
    assert "The App is installed." in shown
    for words in (made.slug, "1 repository", "since", f"/settings/installations/{installed.brings['installation_id']}"):
        assert words in shown
    assert made.client_secret not in shown
    events = (await place.client.get("/audit")).text
    assert "connect github app" in events
    assert "install github app" in events


async def test_the_page_says_what_is_asked_for_and_may_lead_to_that_one_site(place, github):
    answer = await place.client.get("/installations/new")

    policy = answer.headers["content-security-policy"]
    assert f"form-action 'self' {github.url};" in policy
    assert "default-src 'none'" in policy
    for words in (
        "Contents",
        "Pull requests",
        "To mark a commit as waiting",
        "check_suite",
        f"{PUBLIC}/webhooks/github",
    ):
        assert words in answer.text
    other = await place.client.get("/installations")
    assert "form-action 'self';" in other.headers["content-security-policy"]


async def test_addresses_are_those_of_the_settings_whatever_host_is_asked_for(place):
    spoofed = {"host": "evil.example", "x-forwarded-host": "evil.example", "forwarded": "host=evil.example"}
    _, manifest = await leave(place, **spoofed)

    assert "evil" not in json.dumps(manifest)
    assert manifest["redirect_url"] == f"{PUBLIC}/installations/callback"


@pytest.mark.parametrize(
    ("query", "action"),
    [
        ("url=https://github.com", "https://github.com/settings/apps/new"),
        ("url=acme.ghe.com&organization=acme", "https://acme.ghe.com/organizations/acme/settings/apps/new"),
        ("url=https://git.example.com:8443", "https://git.example.com:8443/settings/apps/new"),
    ],
)
async def test_another_github_and_an_organisation_may_be_chosen(place, query, action):
    found, manifest = await leave(place, f"/installations/new?{query}")

    assert found.partition("?")[0] == action
    assert ("members" in manifest["default_permissions"]) is ("organization" in query)


async def test_what_is_no_github_is_refused_at_its_field(place):
    answer = await place.client.get("/installations/new", params={"url": "javascript:alert(1)"})

    assert answer.status_code == 422
    assert 'name="manifest"' not in answer.text
    assert re.search(r'id="url"[^>]*aria-invalid="true"', answer.text)


async def test_without_a_public_url_it_is_told_before_anybody_leaves(committed_db, stores, settings):
    async with api_place(stores, settings, Entrance(is_loopback=True)) as place:
        await sign_in(place)
        shown = unescape((await place.client.get("/installations/new")).text)
        _, manifest = await leave(place)

    assert "github.com cannot send anything to this server." in shown
    assert "THAKUR_PUBLIC_URL" in shown
    assert "every 10 s" in shown
    assert manifest["hook_attributes"] == {"url": "https://thakur.invalid/webhooks/github", "active": True}


async def test_a_server_of_a_private_network_is_told_how_to_pull(committed_db, stores, settings):
    changed = replace(settings, public_url="http://10.1.2.3.internal", github_pull="auto")
    async with api_place(stores, changed, Entrance(is_loopback=True)) as place:
        await sign_in(place)
        shown = unescape((await place.client.get("/installations/new")).text)

    assert "a name that only your own network knows" in shown
    assert "THAKUR_GITHUB_PULL=yes" in shown


async def test_a_state_that_is_wrong_used_old_or_another_sessions_leads_nowhere(place, github, committed_db):
    states = [state_in((await leave(place))[0]) for _ in range(3)]
    app = github.add_app("one")
    used = {"code": manifest_code(github, app), "state": states[0]}
    assert (await place.client.get("/installations/callback", params=used)).status_code == 303
    async with committed_db.session() as session:
        await session.execute(text("UPDATE github_departures SET expires_at = now() WHERE used_at IS NULL"))
    late = states[1]
    others, _ = await leave(place)
    await sign_in(place)

    for state in (states[0], late, state_in(others), "nonsense", ""):
        query = {"code": manifest_code(github, app), "state": state}
        refused = await place.client.get("/installations/callback", params=query)
        assert refused.status_code == 422, state
        assert "in this browser within the last hour" in refused.text
    assert len((await place.client.get("/api/v1/github/apps")).json()) == 1


async def test_a_code_that_was_used_is_told_kindly_and_what_is_there_stays(place, github):
    action, _ = await leave(place)
    app = github.add_app("one")
    code = manifest_code(github, app)
    query = {"code": code, "state": state_in(action)}
    await place.client.get("/installations/callback", params=query)

    again = await place.client.get(
        "/installations/callback", params={"code": code, "state": state_in((await leave(place))[0])}
    )

    assert again.status_code == 422
    assert "GitHub has given this App" in unescape(again.text)
    assert '<h2 id="app-1">one</h2>' in again.text


async def test_somebody_elses_installation_is_refused(place, github):
    made, install_url = await connect(place, github)
    foreign = github.install(github.add_app("another"), "mallory")
    state = state_in(install_url)

    for query in (
        {"installation_id": foreign.id, "setup_action": "install", "state": state},
        {"installation_id": foreign.id, "setup_action": "install"},
        {"installation_id": foreign.id},
    ):
        refused = await place.client.get("/installations/setup", params=query)
        assert refused.status_code == 422
        assert "mallory" not in refused.text
    assert (await place.client.get("/api/v1/github/apps")).json()[0]["installations"] == []
    # Of a change on GitHub nothing is believed but what the App itself is told.
    own = github.install(made, "ada")
    updated = {"installation_id": foreign.id, "setup_action": "update"}
    assert (await place.client.get("/installations/setup", params=updated)).status_code == 303
    (shown,) = (await place.client.get("/api/v1/github/apps")).json()
    assert [each["installation_id"] for each in shown["installations"]] == [own.id]


async def test_an_owner_who_has_to_be_asked_is_waited_for(place):
    back = await place.client.get("/installations/setup", params={"setup_action": "request"})

    assert "owners are asked" in unescape((await place.client.get(back.headers["location"])).text)


async def test_the_key_of_all_secrets_is_readable_for_the_server_alone(place, settings):
    assert settings.key_file.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize(
    ("changed", "name"),
    [
        ({"github_url": "http://git.example.com"}, "THAKUR_GITHUB_URL"),
        ({"github_api_url": "http://git.example.com"}, "THAKUR_GITHUB_API_URL"),
    ],
)
async def test_a_setting_that_is_no_github_stops_the_start_by_its_name(committed_db, stores, settings, changed, name):
    with pytest.raises(SettingInvalid, match=name):
        async with api_place(stores, replace(settings, **changed), Entrance()):
            pass
