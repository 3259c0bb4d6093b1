"""An App's webhook: its address, what was delivered, and what may go wrong on the way."""

import hashlib
import hmac
from datetime import timedelta

import pytest

from support.waiting import eventually
from thakur.github import NotThere, RequestRefused


async def pushed(house, clone, got: list, events: int) -> None:
    got.clear()
    clone.commit({"a": "1"})
    await clone.push()
    await eventually(lambda: sum(headers["X-GitHub-Event"] in ("create", "push") for headers, _ in got) >= events)


async def test_the_address_and_the_secret_of_the_webhook_are_changed(hooked, as_app) -> None:
    house, got, clone = hooked
    url = house.fake_app.hook_url
    assert await as_app("/app/hook/config") == {
        "content_type": "json",
        "insecure_ssl": "0",
        "secret": "********",
        "url": url,
    }
    changed = await as_app("/app/hook/config", "PATCH", {"url": f"{url}?new", "secret": "another"})
    assert (changed["url"], changed["secret"]) == (f"{url}?new", "********")
    await pushed(house, clone, got, 2)
    headers, body = got[0]
    digest = hmac.new(b"another", body, hashlib.sha256).hexdigest()
    assert headers["X-Hub-Signature-256"] == f"sha256={digest}"
    with pytest.raises(RequestRefused, match="422"):
        await as_app("/app/hook/config", "PATCH", {"url": "ftp://127.0.0.1"})


async def test_deliveries_come_in_pages_by_a_cursor_and_by_how_they_ended(hooked, as_app) -> None:
    house, got, clone = hooked
    await pushed(house, clone, got, 2)
    house.github.hooks.is_cut = True
    for number in range(3):
        clone.commit({"b": str(number)})
        await clone.push()
    await eventually(lambda: all(each.is_done for each in house.github.hooks.log))

    failed = await as_app("/app/hook/deliveries?status=failure")
    assert [(each["event"], each["status_code"]) for each in failed] == [("push", 502)] * 3
    first = await house.app._ask("GET", "/app/hook/deliveries?per_page=4")
    second = await house.app._ask("GET", first.next_url)
    assert "cursor=v1_" in first.next_url
    assert [each["event"] for each in first.data + second.data] == [
        "push", "push", "push", "push", "create", "installation", "ping",
    ]  # fmt: skip
    assert second.next_url == ""
    assert {each["status"] for each in await as_app("/app/hook/deliveries?status=success")} == {"OK"}


async def test_a_delivery_is_shown_with_what_was_sent_and_answered(hooked, as_app) -> None:
    house, got, clone = hooked
    await pushed(house, clone, got, 2)
    await eventually(lambda: all(each.is_done for each in house.github.hooks.log))
    newest = (await as_app("/app/hook/deliveries"))[0]

    shown = await as_app(f"/app/hook/deliveries/{newest['id']}")

    assert shown["request"]["payload"]["ref"] == "refs/heads/main"
    assert shown["request"]["headers"]["X-GitHub-Delivery"] == newest["guid"]
    assert shown["response"]["headers"]
    assert (shown["status"], shown["status_code"], shown["duration"] < 5) == ("OK", 202, True)
    for each in house.github.hooks.log:
        each.delivered_at -= timedelta(days=3)
    with pytest.raises(NotThere):
        await as_app(f"/app/hook/deliveries/{newest['id']}")
    assert await as_app("/app/hook/deliveries") == []


async def test_what_goes_wrong_on_the_way_is_what_was_asked_for(hooked) -> None:
    house, got, clone = hooked
    hooks = house.github.hooks
    await eventually(lambda: len(got) == 2)
    hooks.mischief.copies = 2
    await pushed(house, clone, got, 4)
    assert len({headers["X-GitHub-Delivery"] for headers, _ in got}) == 2
    hooks.mischief.copies, hooks.mischief.dropped, known = 1, 1, len(hooks.log)
    clone.commit({})
    await clone.push()
    assert len(hooks.log) == known, "nobody knows of it"

    hooks.mischief.secret, hooks.mischief.enterprise_version = "wrong", "3.19.0"
    await pushed(house, clone, got, 1)
    headers, body = got[0]
    assert headers["X-Hub-Signature-256"].endswith(hmac.new(b"wrong", body, hashlib.sha256).hexdigest())
    assert headers["X-GitHub-Enterprise-Version"] == "3.19.0"
    hooks.mischief.cut = 1
    clone.commit({})
    await clone.push()
    await eventually(lambda: hooks.log[-1].is_done)
    assert hooks.log[-1].status_code == 502


async def test_events_that_are_held_arrive_in_another_order(hooked) -> None:
    house, got, clone = hooked
    await eventually(lambda: len(got) == 2)
    got.clear()
    house.github.hooks.hold()
    await pushed(house, clone, got, 0)
    for number in range(6):
        clone.commit({"c": str(number)})
        await clone.push()
    assert got == []
    sent = [each.guid for each in house.github.hooks.log if each.event == "push"]

    house.github.hooks.release(seed=1)

    await eventually(lambda: len(got) == 8)
    arrived = [headers["X-GitHub-Delivery"] for headers, _ in got if headers["X-GitHub-Event"] == "push"]
    assert sorted(arrived) == sorted(sent)
    assert arrived != sent
