"""A person lets an App in: codes, tokens, their renewal and their end, as GitHub's documents say."""

from datetime import timedelta

import pytest

from support.github import receiver
from support.github_browser import CALLBACK, VERIFIER, Browser
from support.github_documents import judged
from support.waiting import eventually
from thakur.fakegithub import FakeApp, FakeGitHub


@pytest.fixture
async def github(tmp_path):
    async with FakeGitHub(tmp_path) as github:
        github.state.people.user("ada")
        with judged(github):
            yield github


@pytest.fixture
def app(github: FakeGitHub) -> FakeApp:
    return github.add_app("thakur", callback_urls=[CALLBACK])


async def test_whoever_is_nobody_yet_is_asked_who_and_led_back(github, app) -> None:
    async with Browser(github) as browser:
        page = await browser.authorize(app)
        assert "Sign in as" in page.text
        assert "Simulated GitHub" in page.text
        path = page.text.split('name="return_to" value="')[1].split('"')[0].replace("&amp;", "&")

        signed_in = await browser.post("/login", login="ada", return_to=path)

        assert (await browser.get(signed_in.leads_to)).brings.keys() == {"code", "state"}


async def test_a_person_is_asked_once_and_may_refuse(github, app) -> None:
    github.state.asks = True
    asked = {"client_id": app.client_id, "redirect_uri": CALLBACK, "state": "s1"}
    async with Browser(github, "ada") as browser:
        assert "Authorize thakur" in (await browser.authorize(app)).text

        refused = await browser.post("/login/oauth/authorize", decision="cancel", **asked)
        assert refused.leads_to.startswith(CALLBACK)
        assert (refused.brings["error"], refused.brings["state"]) == ("access_denied", "s1")

        allowed = await browser.post("/login/oauth/authorize", decision="allow", **asked)
        assert allowed.brings.keys() == {"code", "state"}
        assert (await browser.authorize(app)).status == 302


async def test_a_code_becomes_tokens_once_and_only_for_who_asked_for_it(github, app) -> None:
    async with Browser(github, "ada") as browser:
        code = (await browser.authorize(app)).brings["code"]
        told = await browser.exchange(app, code=code, redirect_uri=CALLBACK, code_verifier=VERIFIER)

        assert told["access_token"].startswith("ghu_")
        assert told["refresh_token"].startswith("ghr_")
        assert (told["expires_in"], told["refresh_token_expires_in"]) == (28800, 15811200)
        assert (told["scope"], told["token_type"]) == ("", "bearer")
        assert (await browser.exchange(app, code=code, code_verifier=VERIFIER))["error"] == "bad_verification_code"


@pytest.mark.parametrize(
    ("changed", "error"),
    [
        ({"code_verifier": "another"}, "bad_verification_code"),
        ({"code": "nothing"}, "bad_verification_code"),
        ({"redirect_uri": f"{CALLBACK}/more"}, "redirect_uri_mismatch"),
        ({"client_secret": "wrong"}, "incorrect_client_credentials"),
        ({"client_id": "wrong"}, "incorrect_client_credentials"),
        ({"grant_type": "password"}, "unsupported_grant_type"),
        ({"grant_type": "refresh_token", "refresh_token": "ghr_wrong"}, "bad_refresh_token"),
    ],
)
async def test_what_is_wrong_is_told_with_status_200(github, app, changed, error) -> None:
    async with Browser(github, "ada") as browser:
        code = (await browser.authorize(app)).brings["code"]
        asked = {"code": code, "redirect_uri": CALLBACK, "code_verifier": VERIFIER}

        told = await browser.exchange(app, **(asked | changed))

        assert told.keys() == {"error", "error_description", "error_uri"}
        assert told["error"] == error


async def test_a_code_that_was_left_lying_is_worth_nothing(github, app) -> None:
    async with Browser(github, "ada") as browser:
        code = (await browser.authorize(app)).brings["code"]
        github.state.skew = timedelta(minutes=11)
        told = await browser.exchange(app, code=code, redirect_uri=CALLBACK, code_verifier=VERIFIER)

    assert told["error"] == "bad_verification_code"


async def test_a_redirect_that_is_not_the_apps_own_leads_nowhere(github, app) -> None:
    async with Browser(github, "ada") as browser:
        for uri in (f"{CALLBACK}?x=1", "http://evil.example/", CALLBACK.upper()):
            answer = await browser.authorize(app, redirect_uri=uri)
            assert (answer.status, answer.leads_to) == (400, "")
        assert (await browser.authorize(app, client_id="unknown")).status == 404
        assert (await browser.authorize(app, code_challenge_method="plain")).brings["error"] == "invalid_request"


async def test_a_refresh_ends_the_old_pair_at_once(github, app) -> None:
    async with Browser(github, "ada") as browser:
        code = (await browser.authorize(app)).brings["code"]
        old = await browser.exchange(app, code=code, code_verifier=VERIFIER)

        new = await browser.exchange(app, grant_type="refresh_token", refresh_token=old["refresh_token"])

        assert (await browser.api(new["access_token"], "/user")).told["login"] == "ada"
        assert (await browser.api(old["access_token"], "/user")).status == 401
        again = await browser.exchange(app, grant_type="refresh_token", refresh_token=old["refresh_token"])
        assert again["error"] == "bad_refresh_token"


async def test_tokens_end_by_time_and_those_of_an_app_without_expiry_do_not(github, app) -> None:
    ada = github.state.people.user("ada")
    async with Browser(github, "ada") as browser:
        token = await browser.token(app)
        github.state.grants.expire(ada, is_refresh_too=True)
        assert (await browser.api(token, "/user")).told["message"] == "Bad credentials"
        (held,) = github.state.grants.tokens
        again = await browser.exchange(app, grant_type="refresh_token", refresh_token=held.refresh_text)
        assert again["error"] == "bad_refresh_token"

        app.has_expiring_tokens = False
        code = (await browser.authorize(app)).brings["code"]
        told = await browser.exchange(app, code=code, code_verifier=VERIFIER)
        assert told.keys() == {"access_token", "scope", "token_type"}


async def test_a_person_who_takes_it_back_is_told_to_the_app_and_asked_again(github) -> None:
    async with receiver() as (url, got), Browser(github, "ada") as browser:
        app = github.add_app("hooked", url, callback_urls=[CALLBACK])
        token = await browser.token(app)
        github.state.asks = True

        github.revoke(app, github.state.people.user("ada"))

        await eventually(lambda: "github_app_authorization" in [headers["X-GitHub-Event"] for headers, _ in got])
        assert (await browser.api(token, "/user")).status == 401
        assert "Authorize hooked" in (await browser.authorize(app)).text


async def test_an_app_asks_about_a_token_makes_it_new_and_gives_it_up(github, app) -> None:
    path = f"/api/v3/applications/{app.client_id}"
    import aiohttp

    login = {"Authorization": aiohttp.encode_basic_auth(app.client_id, app.client_secret)}
    async with Browser(github, "ada") as browser:
        token = await browser.token(app)
        checked = await browser.ask("POST", f"{path}/token", headers=login, json={"access_token": token})
        assert (checked.told["user"]["login"], checked.told["token"]) == ("ada", token)
        renewed = await browser.ask("PATCH", f"{path}/token", headers=login, json={"access_token": token})
        assert (await browser.api(token, "/user")).status == 401
        assert (await browser.ask("POST", f"{path}/token", headers=login, json={"access_token": token})).status == 404
        body = {"access_token": renewed.told["token"]}
        assert (await browser.ask("POST", f"{path}/token", json=body)).status == 401
        assert (await browser.ask("DELETE", f"{path}/grant", headers=login, json=body)).status == 204
        assert (await browser.api(renewed.told["token"], "/user")).status == 401


async def test_a_device_waits_until_its_code_was_typed_in(github, app) -> None:
    async with Browser(github, "ada") as browser:
        headers = {"Accept": "application/json"}
        asked = {"data": {"client_id": app.client_id}, "headers": headers}
        assert (await browser.ask("POST", "/login/device/code", **asked)).told["error"] == "device_flow_disabled"
        app.has_device_flow = True
        device = (await browser.ask("POST", "/login/device/code", **asked)).told
        grant = {
            "client_secret": "",
            "grant_type": "urn:ietf:params:oauth:grant-type:device_code",
            "device_code": device["device_code"],
        }
        assert (await browser.exchange(app, **grant))["error"] == "authorization_pending"
        assert (await browser.exchange(app, **grant))["error"] == "slow_down"

        await browser.post("/login/device", user_code=device["user_code"].lower(), decision="allow")

        assert (await browser.exchange(app, **grant))["access_token"].startswith("ghu_")
        assert (await browser.exchange(app, **grant))["error"] == "incorrect_device_code"
