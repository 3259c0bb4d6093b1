import re
from datetime import UTC, datetime

import pytest

from support.services import make_deployment
from thakur.projects import Phase, Scope


@pytest.fixture(autouse=True)
async def shop(client, doubles):
    await client.post("/api/v1/projects", json={"name": "shop"})
    return doubles


async def listed(client) -> dict[tuple[str, str], str]:
    return {(one["name"], one["scope"]): one["phase"] for one in (await client.get("/api/v1/projects/shop/env")).json()}


async def test_a_name_and_a_value_are_saved_and_the_value_is_not_shown(client):
    answer = await client.post(
        "/projects/shop/env", data={"name": "TOKEN", "value": "s3cret", "given_to": ["build", "start"]}
    )

    assert "Saved." in answer.text
    assert "TOKEN" in answer.text
    assert "s3cret" not in answer.text
    assert await listed(client) == {("TOKEN", Scope.PRODUCTION): Phase.BOTH}


async def test_one_box_narrows_who_is_given_it(client):
    await client.post("/projects/shop/env", data={"name": "TOKEN", "value": "x", "given_to": "build"})

    assert await listed(client) == {("TOKEN", Scope.PRODUCTION): Phase.BUILD}


PASTE = "# mine\nOLD=same-canary\nTURNED='new-canary'\nPORT=3000\nFRESH=other-canary\n"


def kept(text: str) -> str:
    (found,) = re.findall(r'name="pasted" value="([^"]+)"', text)
    return str(found)


async def test_a_paste_is_shown_before_it_is_saved_and_no_value_of_it_is(client):
    for name, value in (("OLD", "same-canary"), ("TURNED", "old-canary")):
        await client.post("/projects/shop/env", data={"name": name, "value": value})

    answer = await client.post("/projects/shop/env/preview", data={"dotenv": PASTE})

    assert answer.status_code == 200
    assert "2 env vars would be set." in answer.text
    shown = re.findall(r'data-s="\w+">.*?<b>(\w+)</b></span></dt><dd>(?:<code>)?(.*?)(?:</code>)?</dd>', answer.text)
    assert shown == [
        ("unchanged", "OLD"),
        ("replaced", "TURNED"),
        ("refused", "Line 4: PORT is reserved. Thakur sets it: an application is told where to listen."),
        ("new", "FRESH"),
    ]
    assert "canary" not in answer.text
    assert answer.headers["cache-control"] == "no-store"
    assert set(await listed(client)) == {("OLD", Scope.PRODUCTION), ("TURNED", Scope.PRODUCTION)}


async def test_a_paste_that_was_looked_over_is_saved_in_the_scope_of_the_page(client):
    looked = await client.post("/projects/shop/env/preview?scope=preview", data={"dotenv": "A=1\nB='two'\n"})

    answer = await client.post("/projects/shop/env?scope=preview", data={"dotenv": "", "pasted": kept(looked.text)})

    assert "Saved." in answer.text
    assert set(await listed(client)) == {("A", Scope.PREVIEW), ("B", Scope.PREVIEW)}


async def test_a_script_may_send_the_paste_along_that_was_looked_over(client):
    looked = await client.post("/projects/shop/env/preview", data={"dotenv": "A=1\nB=2"})

    await client.post("/projects/shop/env", data={"dotenv": "A=1\r\nB=2", "pasted": kept(looked.text)})

    assert set(await listed(client)) == {("A", Scope.PRODUCTION), ("B", Scope.PRODUCTION)}


@pytest.mark.parametrize("before", [None, "A=1"])
async def test_a_paste_that_was_not_looked_over_is_shown_and_not_saved(client, before):
    form = {"dotenv": "A=1\nB=2"}
    if before:
        form["pasted"] = kept((await client.post("/projects/shop/env/preview", data={"dotenv": before})).text)

    answer = await client.post("/projects/shop/env", data=form)

    assert answer.status_code == 422
    assert "Nothing is saved yet." in answer.text
    assert "2 env vars would be set." in answer.text
    assert await listed(client) == {}


@pytest.mark.parametrize("sent", ["nonsense", "AAAA", "ü"])
async def test_what_is_no_kept_paste_is_refused(client, sent):
    answer = await client.post("/projects/shop/env", data={"pasted": sent})

    assert answer.status_code == 422
    assert "Paste it again." in answer.text


async def test_a_paste_that_cannot_be_read_is_told_by_its_line_and_not_shown(client):
    headers = {"HX-Request": "true", "HX-Target": "div#preview"}

    answer = await client.post("/projects/shop/env/preview", data={"dotenv": "A=1\ncanary\n"}, headers=headers)

    assert answer.status_code == 422
    assert answer.text.lstrip().startswith('<div id="preview"')
    assert "Line 2 is no assignment." in answer.text
    assert "canary" not in answer.text


async def test_what_is_refused_is_said_and_what_was_typed_stays(client):
    answer = await client.post("/projects/shop/env", data={"name": "PORT", "value": "x"})

    assert answer.status_code == 422
    assert 'role="alert"' in answer.text
    assert 'value="PORT"' in answer.text


async def test_nothing_at_all_is_refused(client):
    assert (await client.post("/projects/shop/env", data={"name": " "})).status_code == 422


async def test_a_change_that_is_not_live_offers_a_redeploy(client, shop):
    shop.runtime.rows[1, 7] = make_deployment(1, 7, created_at=datetime(2020, 1, 1, tzinfo=UTC))
    await client.post("/projects/shop/env", data={"name": "TOKEN", "value": "x"})

    text = (await client.get("/projects/shop/env")).text

    assert "1 change is not live." in text
    assert 'action="/projects/shop/deployments/7/redeploy"' in text


async def test_a_name_can_be_unset(client):
    await client.post("/projects/shop/env", data={"name": "TOKEN", "value": "x"})

    await client.post("/projects/shop/env/unsetting", data={"name": "TOKEN"})

    assert await listed(client) == {}
