"""What every question goes through: the version, limits, answers that are known already, faults."""

import asyncio
import json

import aiohttp
import pytest

from thakur.github import CredentialsRefused, GitHubUnavailable


async def test_an_answer_says_its_id_its_version_and_what_is_left_of_the_hour(raw) -> None:
    _, first, _ = await raw("/repos/ada/shop")
    _, second, _ = await raw("/repos/ada/shop", X_GitHub_Api_Version="2026-03-10")

    assert first["X-GitHub-Request-Id"] != second["X-GitHub-Request-Id"]
    assert (first["X-GitHub-Api-Version-Selected"], second["X-GitHub-Api-Version-Selected"]) == (
        "2022-11-28",
        "2026-03-10",
    )
    assert (first["X-RateLimit-Limit"], first["X-RateLimit-Remaining"]) == ("5000", "4999")
    assert (second["X-RateLimit-Used"], second["X-RateLimit-Resource"]) == ("2", "core")
    status, _, text = await raw("/repos/ada/shop", X_GitHub_Api_Version="2012-12-12")
    assert (status, json.loads(text)["message"]) == (400, "API Version 2012-12-12 is not supported.")


async def test_what_is_known_already_costs_nothing_but_only_for_the_same_token(house, raw) -> None:
    _, headers, _ = await raw("/repos/ada/shop")
    status, again, text = await raw("/repos/ada/shop", If_None_Match=headers["ETag"])
    assert (status, text, again["ETag"], again["X-RateLimit-Used"]) == (304, "", headers["ETag"], "1")

    house.app.tokens._kept.clear()
    assert (await raw("/repos/ada/shop", If_None_Match=headers["ETag"]))[0] == 200
    house.github.rename(house.shop, "ada/store")
    assert (await raw(f"/repositories/{house.shop.id}", If_None_Match=headers["ETag"]))[0] == 200


async def test_whoever_has_used_the_hour_up_is_refused_until_its_end(house, raw) -> None:
    await raw("/repos/ada/shop")
    payer = f"installation ID {house.installation.id}"
    house.github.gate.limits.leave(payer, 1, seconds=600)
    assert (await raw("/repos/ada/shop"))[1]["X-RateLimit-Remaining"] == "0"

    status, headers, text = await raw("/repos/ada/shop")

    assert (status, headers["X-RateLimit-Remaining"]) == (403, "0")
    assert json.loads(text)["message"] == f"API rate limit exceeded for {payer}."
    told = json.loads((await raw("/rate_limit"))[2])
    assert told["rate"]["remaining"] == 0
    with pytest.raises(GitHubUnavailable) as refused:
        await house.installed.repository("ada/shop")
    assert 590 < refused.value.retry_seconds <= 602
    house.github.state.skew += house.github.state.skew.resolution * 700_000_000
    assert (await raw("/repos/ada/shop"))[0] == 200


async def test_many_repositories_make_a_larger_hour_and_nobody_a_small_one(house, raw) -> None:
    house.installation.repository_ids |= set(range(10_000, 10_029))
    assert (await raw("/meta"))[1]["X-RateLimit-Limit"] == "5500"
    assert (await raw("/meta", Authorization="nobody"))[1]["X-RateLimit-Limit"] == "60"


async def test_too_much_in_a_minute_is_a_limit_of_its_own(house, raw) -> None:
    for _ in range(180):
        await raw("/repos/ada/shop/check-runs", "POST", {})
    status, headers, text = await raw("/repos/ada/shop")
    assert (status, headers["Retry-After"]) == (403, "60")
    assert "secondary rate limit" in json.loads(text)["message"]


async def test_faults_happen_as_often_as_they_are_asked_for(house, raw) -> None:
    house.github.fault("/repos/ada/shop", 2, status=502, body="<html>Unicorn!</html>", headers={"X-Odd": "1"})
    for _ in range(2):
        status, headers, text = await raw("/repos/ada/shop")
        assert (status, headers["X-Odd"], text) == (502, "1", "<html>Unicorn!</html>")
    assert (await raw("/repos/ada/shop"))[0] == 200


async def test_a_connection_is_reset_cut_short_or_stalled(house, raw) -> None:
    # The first of them a client may put down to a connection that had been open too long.
    house.github.fault("/repos/ada/shop", 2, is_reset=True)
    with pytest.raises(aiohttp.ClientError):
        await raw("/repos/ada/shop")
    house.github.fault("/repos/ada/shop", truncate_bytes=20)
    with pytest.raises(aiohttp.ClientPayloadError):
        await raw("/repos/ada/shop")
    house.github.fault("/repos/ada/shop", delay_seconds=30)
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(raw("/repos/ada/shop"), 0.05)
    assert (await raw("/repos/ada/shop"))[0] == 200


async def test_a_clock_that_goes_wrong_is_seen_in_the_date_and_refuses_proofs(house, raw) -> None:
    house.github.state.skew -= house.github.state.skew.resolution * 3_600_000_000
    with pytest.raises(CredentialsRefused, match="too far in the future"):
        await house.app.found()
    before = (await raw("/meta", Authorization="nobody"))[1]["Date"]
    house.github.state.skew *= 0
    assert (await raw("/meta", Authorization="nobody"))[1]["Date"] != before
    assert (await house.app.found()).slug == "thakur"


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/commits/main"),
        ("GET", "/contents/a"),
        ("GET", "/commits/main/check-runs"),
        ("GET", "/commits/main/status"),
        ("GET", "/deployments"),
        ("POST", "/deployments"),
        ("POST", f"/statuses/{'0' * 40}"),
    ],
)
async def test_each_question_needs_its_permission(house, raw, method, path) -> None:
    for name in ("contents", "checks", "statuses", "deployments"):
        house.fake_app.permissions.pop(name)
    status, _, text = await raw(f"/repos/ada/shop{path}", method, {})
    assert (status, json.loads(text)["message"]) == (403, "Resource not accessible by integration")
    status, _, text = await raw(f"/repos/ada/other{path}", method, {})
    assert (status, json.loads(text)["message"]) == (404, "Not Found")


async def test_an_old_name_leads_to_the_id_with_all_that_was_below_it(house, clone, raw) -> None:
    clone.commit({"a": "1"})
    await clone.push()
    house.github.rename(house.shop, "ada/store")

    status, headers, text = await raw("/repos/ada/shop/branches?per_page=5")
    there = f"{house.github.url}/api/v3/repositories/{house.shop.id}/branches?per_page=5"
    assert (status, headers["Location"]) == (301, there)
    assert json.loads(text)["message"] == "Moved Permanently"
    assert (await raw(there))[0] == 200
    status, headers, text = await raw("/repos/ada/shop/deployments", "POST", {"ref": "main"})
    assert (status, json.loads(text)["message"]) == (307, "Moved Permanently")
    assert (await raw("/repos/ada/store/branches"))[0] == 200
