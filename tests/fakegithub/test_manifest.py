"""An App is registered by a manifest: a page asks, a code comes back, and is worth the secrets once."""

import json
from datetime import timedelta
from typing import Any

import pytest

from support.github import receiver
from support.github_browser import Browser
from support.github_documents import judged
from support.waiting import eventually
from thakur.fakegithub import FakeGitHub
from thakur.fakegithub.people.accounts import Membership

PATH = "/settings/apps/new?state=s1"


@pytest.fixture
async def github(tmp_path):
    async with FakeGitHub(tmp_path) as github:
        github.state.people.user("ada")
        with judged(github):
            yield github


def manifest(**changed: Any) -> str:
    asked = {
        "name": "Thakur of Ada",
        "url": "https://deploy.example.com",
        "hook_attributes": {"url": "https://deploy.example.com/webhooks/github"},
        "redirect_url": "https://deploy.example.com/github/registered",
        "callback_urls": ["https://deploy.example.com/login/github/callback"],
        "setup_url": "https://deploy.example.com/github/installed",
        "public": False,
        "default_permissions": {"contents": "read", "pull_requests": "write", "email_addresses": "read"},
        "default_events": ["push", "pull_request", "create", "delete", "repository"],
    }
    return json.dumps(asked | changed)


async def test_the_code_is_worth_the_secrets_once(github) -> None:
    async with Browser(github, "ada") as browser:
        answer = await browser.post(PATH, manifest=manifest())
        assert answer.leads_to.startswith("https://deploy.example.com/github/registered?")
        assert answer.brings["state"] == "s1"
        path = f"/api/v3/app-manifests/{answer.brings['code']}/conversions"

        made = await browser.ask("POST", path)

        assert (made.status, made.told["slug"], made.told["owner"]["login"]) == (201, "thakur-of-ada", "ada")
        assert {"client_id", "client_secret", "webhook_secret", "pem", "html_url", "id"} <= made.told.keys()
        assert made.told["permissions"]["metadata"] == "read"
        assert made.told["pem"].startswith("-----BEGIN RSA PRIVATE KEY-----")
        assert (await browser.ask("POST", path)).status == 404


async def test_a_code_is_worth_nothing_after_an_hour(github) -> None:
    async with Browser(github, "ada") as browser:
        code = (await browser.post(PATH, manifest=manifest())).brings["code"]
        github.state.skew = timedelta(minutes=61)
        assert (await browser.ask("POST", f"/api/v3/app-manifests/{code}/conversions")).status == 404


async def test_the_page_shows_what_is_asked_and_its_name_can_be_changed(github) -> None:
    github.state.asks = True
    github.add_app("thakur-of-ada")
    async with Browser(github, "ada") as browser:
        page = await browser.post(PATH, manifest=manifest())
        assert "already taken" in page.text
        assert "write pull requests" in page.text
        assert "https://deploy.example.com/webhooks/github" in page.text

        answer = await browser.post(PATH, manifest=manifest(), name="Another", decision="create")
        assert answer.status == 302
        assert [each.slug for each in github.state.apps.values()] == ["thakur-of-ada", "another"]


async def test_another_sites_page_asks_and_does_not_agree(github) -> None:
    github.state.asks = True
    async with Browser(github, "ada") as browser:
        form = {"manifest": manifest(), "decision": "create"}
        page = await browser.ask("POST", PATH, data=form, headers={"Origin": "https://deploy.example.com"})
        assert "Create GitHub App for ada" in page.text
        assert not github.state.apps
        assert (await browser.ask("POST", PATH, data=form, headers={"Origin": github.url})).status == 302


async def test_who_is_not_signed_in_is_and_goes_on_with_what_was_posted(github) -> None:
    async with Browser(github) as browser:
        page = await browser.post(PATH, manifest=manifest())
        assert "Sign in as" in page.text
        fields = {"return_to": PATH, "field.manifest": manifest(), "login": "ada"}
        again = await browser.ask("POST", "/login", data=fields)
        assert f'action="{PATH}"' in again.text
        assert (await browser.post(PATH, manifest=manifest())).brings.keys() == {"code", "state"}


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"hook_attributes": {"url": "http://localhost:8000/hook"}}, "isn&#39;t reachable over the public Internet"),
        ({"hook_attributes": {"url": "http://127.0.0.1/hook"}}, "isn&#39;t reachable over the public Internet"),
        ({"hook_attributes": {"url": "http://10.1.2.3/hook"}}, "isn&#39;t reachable over the public Internet"),
        ({"hook_attributes": {"active": True}}, "`url`"),
        ({"url": "nowhere"}, "Url must be a valid URL"),
        ({"default_events": ["installation"]}, "Default events unsupported: installation"),
        ({"default_events": ["status"]}, "Default events unsupported: status"),
        ({"default_permissions": {"everything": "write"}}, "Default permission everything"),
        ({"callback_urls": ["https://a.example/"] * 11}, "Callback urls are too many"),
        ({"name": "n" * 35}, "Name is too long"),
    ],
)
async def test_what_github_would_refuse_is_refused(github, changed, words) -> None:
    github.state.takes_local_hooks = False
    async with Browser(github, "ada") as browser:
        page = await browser.post(PATH, manifest=manifest(**changed))
    assert page.status == 422
    assert words in page.text
    assert not github.state.apps


async def test_an_organizations_app_is_made_by_its_owners_alone(github) -> None:
    people = github.state.people
    acme = people.organization("acme")
    acme.members = {people.user("ada").id: Membership("admin"), people.user("mia").id: Membership()}
    path = "/organizations/acme/settings/apps/new?state=s1"
    async with Browser(github, "mia") as browser:
        assert (await browser.post(path, manifest=manifest())).status == 404
    async with Browser(github, "ada") as browser:
        code = (await browser.post(path, manifest=manifest())).brings["code"]
        made = await browser.ask("POST", f"/api/v3/app-manifests/{code}/conversions")
        assert made.told["owner"]["login"] == "acme"


async def test_a_new_app_is_greeted_and_a_deleted_one_knows_nothing_more(github) -> None:
    async with receiver() as (url, got), Browser(github, "ada") as browser:
        await browser.post(PATH, manifest=manifest(hook_attributes={"url": url}))
        await eventually(lambda: [headers["X-GitHub-Event"] for headers, _ in got] == ["ping"])
        (app,) = github.state.apps.values()
        page = await browser.get("/settings/apps/thakur-of-ada")
        assert url in page.text
        github.install(app, "ada", await github.add_repository("ada/shop"))

        await browser.post("/settings/apps/thakur-of-ada/delete")

        assert not github.state.apps
        assert not github.state.installations
