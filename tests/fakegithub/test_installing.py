"""An App is let into an account by a page, and everything that changes there is told to it."""

import json

import pytest

from support.github import receiver
from support.github_browser import CALLBACK, Browser
from support.github_documents import judged
from support.waiting import eventually
from thakur.fakegithub import FakeGitHub
from thakur.fakegithub.people.accounts import Membership

SETUP = "https://deploy.example.com/github/installed"
PATH = "/apps/thakur/installations/new"


class Ready:
    """An App, an organisation with an owner and a member, and two repositories of each account."""

    def __init__(self, github: FakeGitHub, got: list) -> None:
        self.github, self.got = github, got

    async def fill(self, url: str) -> None:
        people = self.github.state.people
        acme = people.organization("acme")
        acme.members = {people.user("ada").id: Membership("admin"), people.user("mia").id: Membership()}
        self.app = self.github.add_app("thakur", url, setup_url=SETUP, callback_urls=[CALLBACK])
        names = ("ada/shop", "ada/blog", "acme/site", "acme/docs")
        self.shop, self.blog, self.site, self.docs = [await self.github.add_repository(name) for name in names]

    async def told(self, event: str, count: int = 1) -> list[dict]:
        def found() -> list[dict]:
            return [json.loads(body) for headers, body in self.got if headers["X-GitHub-Event"] == event]

        await eventually(lambda: len(found()) >= count)
        return found()


@pytest.fixture
async def ready(tmp_path):
    async with receiver() as (url, got), FakeGitHub(tmp_path) as github:
        ready = Ready(github, got)
        await ready.fill(url)
        with judged(github):
            yield ready


async def test_the_page_offers_what_a_person_may_choose_and_leads_back_with_the_id(ready) -> None:
    async with Browser(ready.github, "ada") as browser:
        page = await browser.get(f"{PATH}?state=s1")
        for name in ("ada/shop", "ada/blog", "acme/site", "acme/docs"):
            assert name in page.text

        form = {"account": "ada", "selection": "selected", "repository": str(ready.shop.id), "state": "s1"}
        answer = await browser.post(PATH, **form)

        (made,) = ready.github.state.installations.values()
        assert answer.leads_to.startswith(f"{SETUP}?")
        assert answer.brings == {"installation_id": str(made.id), "setup_action": "install", "state": "s1"}
        assert made.repository_ids == {ready.shop.id}
        (told,) = await ready.told("installation")
        assert (told["action"], told["sender"]["login"]) == ("created", "ada")
        assert [each["full_name"] for each in told["repositories"]] == ["ada/shop"]
        assert "Installed already" in (await browser.get(PATH)).text
        assert (await browser.post(PATH, **form)).status == 422


async def test_all_repositories_are_also_those_to_come(ready) -> None:
    async with Browser(ready.github, "ada") as browser:
        await browser.post(PATH, account="acme", selection="all")
    (made,) = ready.github.state.installations.values()
    new = await ready.github.add_repository("acme/new")

    assert made.repository_ids == {ready.site.id, ready.docs.id, new.id}
    assert (await ready.told("installation"))[0]["installation"]["repository_selection"] == "all"


async def test_a_member_can_only_ask_and_a_stranger_not_even_that(ready) -> None:
    async with Browser(ready.github, "mia") as browser:
        asked = await browser.post(PATH, account="acme", selection="all", state="s1")
        assert asked.brings == {"setup_action": "request", "state": "s1"}
        assert (await browser.post(PATH, account="ada", selection="all")).status == 404
    async with Browser(ready.github) as nobody:
        assert "Sign in as" in (await nobody.get(PATH)).text
        assert (await nobody.post(PATH, account="ada", selection="all")).status == 403
    assert not ready.github.state.installations


async def test_a_private_app_is_for_its_owner(ready) -> None:
    ready.app.is_public = False
    async with Browser(ready.github, "mia") as browser:
        assert "by ada alone" in (await browser.get(PATH)).text
        assert (await browser.post(PATH, account="mia", selection="all")).status == 404


async def test_an_app_that_asks_for_the_person_gets_a_code_in_the_same_step(ready) -> None:
    ready.app.asks_user_on_install = True
    async with Browser(ready.github, "ada") as browser:
        answer = await browser.post(PATH, account="ada", selection="all", state="s1")
        assert answer.leads_to.startswith(f"{CALLBACK}?")
        assert answer.brings.keys() == {"code", "installation_id", "setup_action", "state"}
        assert (await browser.exchange(ready.app, code=answer.brings["code"]))["access_token"]


async def test_other_repositories_a_suspension_and_the_end_are_told(ready) -> None:
    made = ready.github.install(ready.app, "ada", ready.shop)
    path = f"/settings/installations/{made.id}"
    async with Browser(ready.github, "mia") as stranger:
        assert (await stranger.get(path)).status == 404
    async with Browser(ready.github, "ada") as browser:
        assert "ada/blog" in (await browser.get(path)).text
        await browser.post(path, act="choose", selection="selected", repository=str(ready.blog.id))
        added, removed = sorted(await ready.told("installation_repositories", 2), key=lambda each: each["action"])
        assert [each["full_name"] for each in added["repositories_added"]] == ["ada/blog"]
        assert [each["full_name"] for each in removed["repositories_removed"]] == ["ada/shop"]

        ready.app.is_told_of_updates = True
        answer = await browser.post(path, act="choose", selection="all")
        assert answer.brings["setup_action"] == "update"
        for act in ("suspend", "unsuspend", "uninstall"):
            await browser.post(path, act=act)

    told = [each["action"] for each in await ready.told("installation", 4)]
    assert sorted(told) == ["created", "deleted", "suspend", "unsuspend"]
    assert not ready.github.state.installations


async def test_an_app_that_asks_for_more_waits_until_it_is_accepted(ready) -> None:
    made = ready.github.install(ready.app, "ada", ready.shop)
    async with Browser(ready.github, "ada") as browser:
        form = {"contents": "write", "members": "read", "everything": "write"}
        await browser.post("/settings/apps/thakur/permissions", **form)
        assert ready.app.permissions == {"metadata": "read", "contents": "write", "members": "read"}
        assert made.permissions["contents"] == "read"
        assert "Accept new permissions" in (await browser.get(f"/settings/installations/{made.id}")).text

        await browser.post(f"/settings/installations/{made.id}", act="accept")

        assert made.permissions == ready.app.permissions
    actions = [each["action"] for each in await ready.told("installation", 2)]
    assert sorted(actions) == ["created", "new_permissions_accepted"]


async def test_a_grant_is_taken_back_by_a_page(ready) -> None:
    async with Browser(ready.github, "ada") as browser:
        token = await browser.token(ready.app)
        assert "Revoke" in (await browser.get("/settings/installations")).text
        await browser.post("/settings/apps/authorizations/thakur")
        assert (await browser.api(token, "/user")).status == 401
    assert (await ready.told("github_app_authorization"))[0]["action"] == "revoked"
