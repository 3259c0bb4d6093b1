"""Tests of the door that sessions come in by: signing in, forms of ours and of others, signing out."""

import ipaddress
import logging
import re

import httpx
import pytest
from sqlalchemy import text

from support.api_place import api_place
from thakur.accounts import Role, TokenScope
from thakur.api import Entrance

HOST = "http://127.0.0.1:8000"
FORM = {"content-type": "application/x-www-form-urlencoded"}
TLS = {"x-forwarded-for": "192.0.2.1", "x-forwarded-proto": "https"}


@pytest.fixture
async def place(committed_db, stores, settings):
    async with api_place(stores, settings, Entrance(is_loopback=True)) as made:
        yield made


async def new_link(place) -> str:
    made = await place.core.people.links.make_login(await place.core.people.accounts.operator(), None)
    return f"/login/link/{made.secret}"


async def sign_in(place, **headers) -> httpx.Response:
    return await place.client.post(await new_link(place), headers=headers, data={"name": "ada"})


async def csrf_of(place) -> str:
    page = await place.client.get("/device")
    found = re.search(r'name="_csrf_token" value="([0-9a-f]{128})"', (await place.client.get("/projects")).text)
    assert page.status_code == 200
    assert found is not None
    return found[1]


async def test_a_link_is_used_by_its_button_and_not_by_a_look(place):
    link = await new_link(place)
    for _ in range(3):
        shown = await place.client.get(link)
        assert (shown.status_code, "become owner" in shown.text) == (200, True)
        assert "set-cookie" not in shown.headers
        assert shown.headers["referrer-policy"] == "strict-origin"
        assert shown.headers["cache-control"] == "no-store"

    used = await place.client.post(link, data={"name": "ada"})
    again = await _stranger(place).post(link, data={"name": "eve"})

    assert (used.status_code, used.headers["location"]) == (303, "/projects")
    assert (again.status_code, "used already" in again.text, "set-cookie" in again.headers) == (404, True, False)
    assert (await place.client.get("/api/v1/me")).json()["actor"] == "ada"


async def test_the_cookie_says_all_that_it_should(place):
    used = await sign_in(place)

    words = {word.strip().lower() for word in used.headers["set-cookie"].split(";")}
    assert {"httponly", "samesite=lax", "path=/", "max-age=7776000"} <= words
    assert not any(word.startswith("domain") or word == "secure" for word in words)


async def test_over_https_it_is_the_safe_one_and_the_other_is_not_believed(committed_db, stores, settings):
    entrance = Entrance(trusted=(ipaddress.ip_network("127.0.0.1"),))
    async with api_place(stores, settings, entrance) as place:
        used = await sign_in(place, **TLS)
        cookie = used.headers["set-cookie"]
        secret = cookie.partition("=")[2].partition(";")[0]

        assert cookie.startswith("__Host-thakur_session=")
        assert "Secure" in cookie
        place.client.cookies.clear()
        for name, headers, status in (
            ("__Host-thakur_session", TLS, 200),
            ("thakur_session", TLS, 401),
            ("__Host-thakur_session", {}, 401),
            ("thakur_session", {}, 401),
        ):
            answer = await place.client.get("/api/v1/me", headers=headers | {"cookie": f"{name}={secret}"})
            assert answer.status_code == status, (name, headers)


async def test_nobody_is_signed_in_over_plain_http_from_elsewhere(committed_db, stores, settings):
    async with api_place(stores, settings, Entrance()) as place:
        link = await new_link(place)
        refused = await place.client.post(link, data={"name": "ada"})

        assert refused.status_code == 403
        assert "needs https" in refused.text
        assert "set-cookie" not in refused.headers
        assert (await place.core.people.links.look(link.rpartition("/")[2], _visitor())).kind == "owner"


async def test_a_login_is_a_new_session_and_ends_the_one_before(place):
    await sign_in(place)
    first = place.client.cookies["thakur_session"]
    link = await new_link(place)
    token = await csrf_of(place)

    await place.client.post(link, data={"_csrf_token": token})

    second = place.client.cookies["thakur_session"]
    assert second != first
    place.client.cookies.clear()
    assert (await place.client.get("/api/v1/me", headers={"cookie": f"thakur_session={first}"})).status_code == 401
    assert (await place.client.get("/api/v1/me", headers={"cookie": f"thakur_session={second}"})).status_code == 200


async def test_a_session_that_was_put_there_by_somebody_is_never_taken_over(place):
    place.client.cookies.set("thakur_session", "chosen-by-somebody-else")

    used = await sign_in(place)

    assert "chosen-by-somebody-else" not in used.headers["set-cookie"]
    place.client.cookies.clear()
    planted = await place.client.get("/api/v1/me", headers={"cookie": "thakur_session=chosen-by-somebody-else"})
    assert planted.status_code == 401


async def test_what_another_site_sends_is_refused_also_with_the_token(place):
    await sign_in(place)
    data = {"theme": "dark", "_csrf_token": await csrf_of(place)}

    for headers in (
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"origin": "http://127.0.0.1:20001"},
        {"sec-fetch-site": "same-origin", "origin": "https://evil.example"},
    ):
        for url in ("/account/theme", "/login/link/unknown"):
            answer = await place.client.post(url, headers=headers, data=data)
            assert (answer.status_code, answer.json()["code"]) == (403, "request_foreign"), headers


async def test_a_form_without_the_session_s_own_token_changes_nothing(place):
    await sign_in(place)

    for token in (None, "", "0" * 64, "ä"):
        data = {"theme": "dark"} | ({} if token is None else {"_csrf_token": token})
        form = await place.client.post("/account/theme", data=data, headers={"sec-fetch-site": "same-origin"})
        assert form.status_code == 403, token
    script = await place.client.post("/api/v1/projects", json={"name": "shop"}, headers={"origin": HOST})
    plain = await place.client.post(
        "/api/v1/projects", content=b'{"name": "shop"}', headers={"content-type": "text/plain", "origin": HOST}
    )

    assert (script.status_code, plain.status_code) == (403, 403)
    assert (await place.client.get("/api/v1/projects")).json() == []


async def test_a_form_and_a_script_with_the_token_are_heard(place):
    await sign_in(place)
    token = await csrf_of(place)

    form = await place.client.post("/account/theme", data={"theme": "dark", "_csrf_token": token})
    script = await place.client.post("/api/v1/projects", json={"name": "shop"}, headers={"x-csrf-token": token})

    assert form.status_code == 303
    assert script.status_code == 201


async def test_one_session_s_token_is_of_no_use_in_another(place):
    await sign_in(place)
    token = await csrf_of(place)
    place.client.cookies.clear()
    await place.client.post(await new_link(place))

    answer = await place.client.post("/account/theme", data={"theme": "dark", "_csrf_token": token})

    assert answer.status_code == 403


async def test_a_token_in_a_header_needs_no_form_and_beats_the_cookie(place):
    await sign_in(place)
    secret = await place.token("others", Role.VIEWER, TokenScope.ALL)
    headers = {"authorization": f"Bearer {secret}", "sec-fetch-site": "cross-site"}

    assert (await place.client.get("/api/v1/me", headers=headers)).json()["actor"] == "somebody (token walk)"
    assert (await place.client.post("/api/v1/projects", json={"name": "shop"}, headers=headers)).status_code == 403
    for wrong in ("Bearer thk_unknown", "Basic YTpi", "thk_unknown", ""):
        answer = await place.client.get("/api/v1/me", headers={"authorization": wrong})
        assert answer.status_code == 401, wrong


async def test_a_token_in_the_address_is_nobody(place):
    secret = await place.token("default", Role.OWNER, TokenScope.ALL)

    assert (await place.client.get(f"/api/v1/me?token={secret}&access_token={secret}")).status_code == 401


async def test_every_answer_says_what_a_browser_needs_to_know(committed_db, stores, settings):
    entrance = Entrance(trusted=(ipaddress.ip_network("127.0.0.1"),))
    async with api_place(stores, settings, entrance) as place:
        for path in ("/up", "/login", "/api/v1/me", "/nothing"):
            safe = await place.client.get(path, headers=TLS)
            plain = await place.client.get(path)

            assert safe.headers["x-content-type-options"] == "nosniff"
            assert safe.headers["cache-control"] == "no-store"
            assert safe.headers.get_list("x-content-type-options") == ["nosniff"]
            assert (path == "/up") or safe.headers["strict-transport-security"] == "max-age=31536000"
            assert "strict-transport-security" not in plain.headers


async def test_a_field_that_nobody_asked_for_is_refused(place):
    secret = await place.token("default", Role.ADMIN, TokenScope.ALL)
    headers = {"authorization": f"Bearer {secret}"}

    for path, body in (
        ("projects", {"name": "shop", "team_id": 2}),
        ("tokens", {"name": "ci", "role": "owner"}),
        ("teams/default/invitations", {"role": "viewer", "team": "others"}),
    ):
        answer = await place.client.post(f"/api/v1/{path}", json=body, headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (422, "invalid"), path
    escalated = await place.client.post("/api/v1/teams/default/invitations", json={"role": "owner"}, headers=headers)
    assert escalated.status_code == 403


async def test_signing_out_ends_the_session_itself(place):
    await sign_in(place)
    secret = place.client.cookies["thakur_session"]
    out = await place.client.post("/logout", data={"_csrf_token": await csrf_of(place)})

    assert (out.status_code, out.headers["location"]) == (303, "/login")
    again = await place.client.get("/api/v1/me", headers={"cookie": f"thakur_session={secret}"})
    assert again.status_code == 401


async def test_a_page_leads_to_the_login_and_a_program_is_told(place):
    page = await place.client.get("/projects?q=shop", headers={"accept": "text/html"})
    part = await place.client.get("/projects", headers={"accept": "text/html", "hx-request": "true"})
    program = await place.client.get("/api/v1/projects", headers={"accept": "text/html"})

    assert (page.status_code, page.headers["location"]) == (303, "/login?next=%2Fprojects%3Fq%3Dshop")
    assert (part.status_code, program.status_code) == (401, 401)


@pytest.mark.parametrize(
    "there", ["//evil.example", "https:evil.example", "/\\evil.example", "\\evil", "/a\nb", "evil"]
)
async def test_nobody_is_led_to_another_site(place, there):
    await sign_in(place)

    answer = await place.client.get("/login", params={"next": there})

    assert answer.headers["location"] == "/projects"


async def test_whoever_is_in_goes_where_they_wanted(place):
    await sign_in(place)

    answer = await place.client.get("/login", params={"next": "/projects?q=shop"})

    assert (answer.status_code, answer.headers["location"]) == (303, "/projects?q=shop")


async def test_a_command_is_let_in_on_its_page(place):
    await sign_in(place)
    command = _stranger(place)
    asked = (await command.post("/api/v1/devices", json={"name": "laptop"})).json()
    shown = await place.client.get(asked["url"].removeprefix(HOST))
    waiting = await command.post("/api/v1/devices/collection", json={"device": asked["device"]})
    form = {"code": asked["code"], "answer": "allow", "_csrf_token": await csrf_of(place)}
    allowed = await place.client.post("/device", data=form)
    got = await command.post("/api/v1/devices/collection", json={"device": asked["device"]})

    assert asked["code"] in shown.text
    assert "laptop" in shown.text
    assert (waiting.status_code, waiting.json()["status"]) == (202, "waiting")
    assert (allowed.status_code, "laptop is in" in allowed.text) == (200, True)
    assert got.json()["token"].startswith("thk_")


async def test_no_secret_is_in_a_log_or_in_the_database(place, caplog):
    caplog.set_level(logging.DEBUG)
    link = await new_link(place)
    await place.client.get(link)
    await place.client.post(link, data={"name": "ada"})
    session = place.client.cookies["thakur_session"]
    csrf = await csrf_of(place)
    made = await place.client.post("/api/v1/tokens", json={"name": "ci"}, headers={"x-csrf-token": csrf})
    secrets = [link.rpartition("/")[2], session, csrf, made.json()["token"], made.json()["token"][8:]]

    rows = []
    async with place.core.db.session() as found:
        for table in ("login_links", "sessions", "api_tokens", "audit_events", "users"):
            rows += [str(row) for row in await found.execute(text(f"SELECT * FROM {table}"))]

    told = "\n".join([*rows, *(record.getMessage() for record in caplog.records if record.name != "httpx")])
    assert not [secret for secret in secrets if secret in told]


async def test_what_is_changed_is_told_with_its_subject_and_team(place):
    await sign_in(place)
    headers = {"x-csrf-token": await csrf_of(place)}
    await place.client.post("/api/v1/projects", json={"name": "shop"}, headers=headers)
    await place.client.put("/api/v1/projects/shop/env/TOKEN", json={"value": "canary"}, headers=headers)
    await place.client.put("/api/v1/projects/shop/env/PORT", json={"value": "canary"}, headers=headers)
    await place.client.get("/api/v1/projects/shop")

    events = (await place.client.get("/api/v1/audit")).json()

    told = [(event["actor"], event["action"], event["subject"], event["address"]) for event in events]
    assert told[:2] == [
        ("ada", "put env", "shop TOKEN", "127.0.0.1"),
        ("ada", "create project", "shop", "127.0.0.1"),
    ]
    assert "canary" not in str(events)
    assert [event["action"] for event in events].count("put env") == 1


def _stranger(place) -> httpx.AsyncClient:
    return httpx.AsyncClient(transport=place.client._transport, base_url=HOST)


def _visitor():
    from thakur.accounts import Visitor

    return Visitor(address="192.0.2.1")
