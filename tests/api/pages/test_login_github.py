"""The pages on the way to GitHub and back: what their addresses and cookies hold, and where they lead."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from litestar.testing import AsyncTestClient

from support.fake_identities import AT, make_identity
from thakur.accounts import Role
from thakur.api import create_app
from thakur.identities import Allowance
from thakur.installations import SignInApp

HERE = "http://127.0.0.1:8000"
CALLBACK = "/login/github/callback"


def way(app: int = 1, web_url: str = "https://github.com", slug: str = "thakur", team_id: int = 1) -> SignInApp:
    return SignInApp(app=app, team_id=team_id, web_url=web_url, slug=slug, number=app + 100)


@pytest.fixture
async def browser(doubles) -> AsyncIterator[AsyncTestClient]:
    async def nobody(scope):
        return None

    doubles.sign_ins.ways = [way()]
    app = create_app(doubles.services(), nobody, asyncio.Event())
    async with AsyncTestClient(app, base_url=HERE, raise_server_exceptions=False) as client:
        client.follow_redirects = False
        yield client


async def test_without_an_app_there_is_no_button(stranger, doubles):
    assert "GitHub" not in (await stranger.get("/login")).text


async def test_there_is_a_button_for_each_app_that_says_where_it_leads(browser, doubles):
    doubles.sign_ins.ways = [way(), way(2, "https://git.example.com"), way(3, "https://git.example.com", "other")]

    text = (await browser.get("/login?next=/projects/shop%3Fa=1%26b")).text

    assert "Sign in with GitHub</a>" in text
    assert "Sign in with GitHub at git.example.com (thakur)" in text
    assert "Sign in with GitHub at git.example.com (other)" in text
    assert 'href="/login/github?app=2&amp;next=%2Fprojects%2Fshop%3Fa%3D1%26b"' in text


async def test_a_way_back_that_no_cookie_holds_is_left_out(browser):
    text = (await browser.get(f"/login?next=/projects/{'a' * 1500}")).text

    assert 'href="/login/github?app=1"' in text


async def test_the_way_there_takes_a_cookie_along_that_no_script_reads(browser):
    answer = await browser.get("/login/github?app=1&next=/projects/shop")

    assert answer.status_code == 303
    assert answer.headers["location"] == "https://github.com/login/oauth/authorize?state=s1"
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert answer.headers["cache-control"] == "no-store"
    (cookie,) = answer.headers.get_list("set-cookie")
    assert cookie.startswith("thakur_journey=")
    assert {"HttpOnly", "SameSite=lax", "Max-Age=600", "Path=/"} <= set(cookie.split("; "))


@pytest.mark.parametrize(
    "there",
    [
        "https://evil.example/",
        "//evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "javascript:alert(1)",
        "/\t/evil.example",
        "http:evil.example",
        "//[evil",
    ],
)
async def test_nobody_is_led_to_another_place(browser, there):
    await browser.get("/login/github", params={"app": "1", "next": there})
    back = await browser.get(f"{CALLBACK}?state=s1&code=c")

    assert back.headers["location"] == "/projects"


async def test_who_comes_back_has_a_session_and_an_address_that_says_nothing(browser):
    await browser.get("/login/github?app=1&next=/projects/shop")
    answer = await browser.get(f"{CALLBACK}?state=s1&code=the-code")

    assert (answer.status_code, answer.headers["location"]) == (303, "/projects/shop")
    assert answer.headers["referrer-policy"] == "no-referrer"
    cookies = answer.headers.get_list("set-cookie")
    assert any(each.startswith("thakur_session=") and "HttpOnly" in each for each in cookies)
    assert any(each.startswith("thakur_journey=") and "Max-Age=0" in each for each in cookies)


async def test_who_is_not_let_in_is_told_once_on_a_page_whose_address_says_nothing(browser):
    answer = await browser.get(f"{CALLBACK}?state=wrong&code=the-code")
    assert (answer.status_code, answer.headers["location"]) == (303, "/login")
    assert "thakur_session" not in "".join(answer.headers.get_list("set-cookie"))

    told = await browser.get("/login")
    later = await browser.get("/login")

    assert told.status_code == 422
    assert "This sign-in was used before." in told.text
    assert "Begin again." in told.text
    assert "was used before" not in later.text


async def test_an_app_that_is_gone_is_told_on_the_page_of_signing_in(browser):
    answer = await browser.get("/login/github?app=7")

    assert answer.headers["location"] == "/login"
    assert "not here any more" in (await browser.get("/login")).text


async def test_from_another_address_of_the_dashboard_one_is_led_to_its_own_first_and_once(browser):
    elsewhere = {"host": "localhost:8000"}

    answer = await browser.get("/login/github?app=1&next=/edges", headers=elsewhere)
    again = await browser.get("/login/github?app=1&next=/edges&moved=1", headers=elsewhere)

    assert answer.headers["location"] == f"{HERE}/login/github?app=1&moved=1&next=%2Fedges"
    assert answer.headers.get_list("set-cookie") == []
    assert again.headers["location"].startswith("https://github.com/")


async def test_an_account_is_linked_by_a_page_that_leads_to_github(client, doubles):
    doubles.sign_ins.ways = [way(), way(2, "https://git.example.com", team_id=7)]
    page = (await client.get("/account")).text
    assert "Link your account of GitHub" not in page, "the operator has no account"

    answer = await client.post("/account/github", data={"app": "1"}, headers={"host": "127.0.0.1:8000"})

    assert answer.status_code == 200
    assert 'content="0; url=https://github.com/login/oauth/authorize?state=s1"' in answer.text
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert "thakur_journey" in answer.headers["set-cookie"]
    other = await client.post("/account/github", data={"app": "1"}, headers={"host": "localhost"})
    assert other.status_code == 422
    assert (await client.post("/account/github", data={"app": "²"})).status_code == 404


async def test_an_account_is_unlinked(client, doubles):
    doubles.identities.rows = [make_identity()]

    answer = await client.post("/account/github/unlinking", data={"identity": "1"})

    assert "The GitHub account is unlinked." in answer.text
    assert doubles.identities.rows == []
    assert (await client.post("/account/github/unlinking", data={"identity": "1"})).status_code == 404


async def test_the_page_of_the_team_holds_the_list(client, doubles):
    assert "Nobody but members who have linked" in (await client.get("/team")).text

    made = await client.post("/team/github", data={"name": "acme/web", "role": "viewer"})
    assert "It is on the list." in made.text
    assert "everybody in the team" in made.text
    gone = await client.post("/team/github/removal", data={"allowance": "1"})

    assert "It is off the list." in gone.text
    assert doubles.allowances.rows == []
    assert (await client.post("/team/github", data={"name": "ada", "role": "king"})).status_code == 422


async def test_a_name_from_github_is_text_on_the_page(client, doubles):
    doubles.allowances.rows = [
        Allowance(
            id=1,
            web_url="https://github.com",
            kind="user",
            name="<script>",
            role=Role.MEMBER,
            made_by="ada",
            created_at=AT,
        )
    ]

    text = (await client.get("/team")).text

    assert "&lt;script&gt;" in text
    assert "<b><script>" not in text
