"""From the button to a command that was let in: the API over real services, and a browser that goes to the stand-in."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

import httpx
import pytest
from sqlalchemy import text

from support.api_place import Place, api_place
from support.github import House
from support.github_browser import Browser
from thakur.accounts import Role
from thakur.api import Entrance
from thakur.installations import AppAsked
from thakur.settings import Address, Settings
from thakur.wiring.identifying import CALLBACK


@dataclass
class Town:
    """The dashboard with the house's App, by which ada may sign in."""

    place: Place
    house: House
    app: int

    async def go(self, login: str) -> httpx.Response:
        """Press the button, say yes at GitHub, come back."""
        left = await self.place.client.get(f"/login/github?app={self.app}&next=/device%3Fcode=x")
        async with Browser(self.house.github, login) as browser:
            back = (await browser.get(left.headers["location"])).leads_to
        return await self.place.client.get(back)


@pytest.fixture
async def town(committed_db, stores, tmp_path, house) -> AsyncIterator[Town]:
    settings = Settings(data_dir=tmp_path / "data", address=Address("127.0.0.1", 8000), http=Address("127.0.0.1", 0))
    house.fake_app.callback_urls.append(f"http://127.0.0.1:8000{CALLBACK}")
    async with api_place(stores, settings, Entrance(is_loopback=True)) as place:
        operator, fake_app = await place.core.people.accounts.operator(), house.fake_app
        asked = AppAsked(
            app_id=fake_app.id,
            client_id=fake_app.client_id,
            client_secret=fake_app.client_secret,
            private_key=fake_app.private_key,
            webhook_secret=fake_app.webhook_secret,
            url=house.github.url,
        )
        await place.core.github.apps.add(operator, asked)
        (app,) = await place.core.github.apps.every()
        await place.core.github.identifying.allowances.allow(operator, "default", "ada", Role.MEMBER)
        yield Town(place, house, app)


async def test_a_command_is_let_in_by_somebody_who_signed_in_with_github(town) -> None:
    client = town.place.client
    came = await town.go("ada")
    assert (came.status_code, came.headers["location"]) == (303, "/device?code=x")
    # The command has no cookies.
    command = httpx.AsyncClient(transport=httpx.ASGITransport(town.place.app), base_url="http://127.0.0.1:8000")
    waits = (await command.post("/api/v1/devices", json={"name": "laptop"})).json()
    page = (await client.get(f"/device?code={waits['code']}")).text
    token = page.split('name="_csrf_token" value="')[1].split('"')[0]

    form = {"code": waits["code"], "answer": "allow", "_csrf_token": token}
    assert (await client.post("/device", data=form)).status_code in (200, 303)
    given = (await command.post("/api/v1/devices/collection", json={"device": waits["device"]})).json()

    headers = {"authorization": f"Bearer {given['token']}"}
    me = (await command.get("/api/v1/me", headers=headers)).json()
    assert (me["actor"], me["role"]) == ("ada (token ada-laptop)", "member")
    assert [each["login"] for each in (await command.get("/api/v1/identities", headers=headers)).json()] == ["ada"]

    allowances, asker = town.place.core.github.identifying.allowances, await operator(town)
    (allowed,) = await allowances.list(asker, "default")
    await allowances.disallow(asker, "default", allowed.id)
    await town.place.core.github.identifying.rechecks.look()
    assert (await command.get("/api/v1/me", headers=headers)).status_code == 401
    await command.aclose()


async def test_whoever_is_not_allowed_is_told_by_name_and_has_no_session(town) -> None:
    refused = await town.go("mallory")
    assert refused.headers["location"] == "/login"

    page = await town.place.client.get("/login")

    assert page.status_code == 403
    assert "mallory may not sign in here." in page.text
    assert "thakur team allow mallory" in page.text
    assert (await town.place.client.get("/api/v1/me")).status_code == 401


async def test_a_session_that_somebody_has_planted_is_not_the_one_that_begins(town) -> None:
    town.place.client.cookies.set("thakur_session", "planted")

    await town.go("ada")

    town.place.client.cookies.clear()
    planted = await town.place.client.get("/api/v1/me", headers={"cookie": "thakur_session=planted"})
    assert planted.status_code == 401


async def test_an_account_is_linked_on_the_account_s_page_and_signs_in_as_its_user(town) -> None:
    client, core = town.place.client, town.place.core
    made = await core.people.links.make_first()
    assert made is not None
    await client.post(f"/login/link/{made.secret}", data={"name": "grace"})
    page = (await client.get("/account")).text
    assert "Link your account of GitHub at 127.0.0.1" in page
    token = page.split('name="_csrf_token" value="')[1].split('"')[0]
    assert (await client.post("/account/github", data={"app": town.app})).status_code == 403, "a form of ours says so"

    leaving = (await client.post("/account/github", data={"app": town.app, "_csrf_token": token})).text
    url = leaving.split('content="0; url=')[1].split('"')[0].replace("&amp;", "&")
    async with Browser(town.house.github, "mallory") as browser:
        back = (await browser.get(url)).leads_to
    linked = await client.get(back)
    assert linked.headers["location"] == "/account?done=github_linked"
    page = (await client.get("/account")).text
    assert "mallory" in page
    assert 'action="/account/github"' not in page, "nothing is left to link"

    # GitHub has ended its tokens: the same account once more.
    async with town.place.core.db.session() as session:
        await session.execute(text("DELETE FROM github_user_tokens"))
    page = (await client.get("/account")).text
    assert "Sign in with GitHub at 127.0.0.1" in page
    leaving = (await client.post("/account/github", data={"app": town.app, "_csrf_token": token})).text
    async with Browser(town.house.github, "mallory") as browser:
        url = leaving.split('content="0; url=')[1].split('"')[0].replace("&amp;", "&")
        await client.get((await browser.get(url)).leads_to)
    assert 'action="/account/github"' not in (await client.get("/account")).text

    client.cookies.clear()
    await town.go("mallory")
    assert (await client.get("/api/v1/me")).json()["actor"] == "grace"


async def operator(town: Town):
    return await town.place.core.people.accounts.operator()
