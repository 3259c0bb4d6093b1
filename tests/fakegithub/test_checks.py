"""Checks and statuses of commits, and the events of what becomes of them."""

import json

import pytest

from support.waiting import eventually
from thakur.github import NotPermitted, NotThere, RequestRefused

SUBSCRIBED = ["check_run", "check_suite", "status"]


async def pushed(clone, **files: str) -> str:
    sha = clone.commit(files or {"a": "1"})
    await clone.push()
    return sha


def of(got: list, *names: str) -> list[tuple[str, dict]]:
    return [
        (headers["X-GitHub-Event"], json.loads(body)) for headers, body in got if headers["X-GitHub-Event"] in names
    ]


async def test_a_check_begins_and_ends_and_its_suite_with_the_last_of_them(house, clone, ask) -> None:
    sha = await pushed(clone)
    assert (await ask(f"/commits/{sha}/check-runs")) == {"total_count": 0, "check_runs": []}
    house.github.check(house.shop, sha, "tests", status="in_progress")
    house.github.check(house.shop, sha, "lint", status="completed", conclusion="success")

    (suite,) = (await ask("/commits/main/check-suites"))["check_suites"]
    assert (suite["status"], suite["conclusion"], suite["latest_check_runs_count"]) == ("in_progress", None, 2)
    assert (suite["head_branch"], suite["head_sha"], suite["app"]["slug"]) == ("main", sha, "checks")

    house.github.check(house.shop, sha, "tests", status="completed", conclusion="failure")

    (suite,) = (await ask(f"/commits/{sha}/check-suites"))["check_suites"]
    assert (suite["status"], suite["conclusion"]) == ("completed", "failure")
    runs = (await ask(f"/commits/{sha}/check-runs"))["check_runs"]
    assert [(each["name"], each["status"], each["conclusion"]) for each in runs] == [
        ("lint", "completed", "success"),
        ("tests", "completed", "failure"),
    ]
    assert (await ask(f"/commits/{sha}/check-runs?check_name=lint"))["total_count"] == 1
    assert (await ask(f"/check-suites/{suite['id']}/check-runs?status=queued"))["total_count"] == 0
    assert (await ask(f"/check-runs/{runs[0]['id']}"))["completed_at"] is not None


async def test_a_check_that_is_run_again_counts_with_its_newest_run(house, clone, ask) -> None:
    sha = await pushed(clone)
    for conclusion in ("failure", "success"):
        house.github.check(house.shop, sha, status="completed", conclusion=conclusion)

    (run,) = (await ask(f"/commits/{sha}/check-runs"))["check_runs"]
    assert run["conclusion"] == "success"
    assert (await ask(f"/commits/{sha}/check-runs?filter=all"))["total_count"] == 2
    (suite,) = (await ask(f"/commits/{sha}/check-suites"))["check_suites"]
    assert suite["conclusion"] == "success"


async def test_whoever_has_subscribed_is_told_of_checks_and_statuses(hooked) -> None:
    house, got, clone = hooked
    house.fake_app.events += SUBSCRIBED
    sha = await pushed(clone)
    house.github.check(house.shop, sha)
    house.github.check(house.shop, sha, status="completed", conclusion="success")
    house.github.say(house.shop, sha, "ci/old", "pending", description="Waiting")

    await eventually(lambda: len(of(got, *SUBSCRIBED)) == 4)
    told = of(got, *SUBSCRIBED)
    assert sorted((name, body.get("action")) for name, body in told if name != "status") == [
        ("check_run", "completed"),
        ("check_run", "created"),
        ("check_suite", "completed"),
    ]
    by_name = dict(told)
    assert by_name["check_suite"]["check_suite"]["head_sha"] == sha
    assert by_name["check_run"]["check_run"]["check_suite"]["head_branch"] == "main"
    status = by_name["status"]
    assert (status["sha"], status["state"], status["context"]) == (sha, "pending", "ci/old")
    assert [each["name"] for each in status["branches"]] == ["main"]
    assert status["installation"]["id"] == house.installation.id


async def test_whoever_has_not_subscribed_is_told_nothing(hooked) -> None:
    house, got, clone = hooked
    sha = await pushed(clone)
    house.github.check(house.shop, sha, status="completed", conclusion="success")
    clone.commit({"a": "2"})
    await clone.push()
    await eventually(lambda: len(of(got, "push")) == 2)
    assert of(got, *SUBSCRIBED) == []


async def test_an_app_that_may_write_checks_has_a_suite_of_its_own_that_waits_for_ever(hooked, answer) -> None:
    house, got, clone = hooked
    house.fake_app.permissions["checks"] = "write"
    sha = await pushed(clone)

    await eventually(lambda: len(of(got, "check_suite")) == 1)
    assert of(got, "check_suite")[0][1]["action"] == "requested"
    (suite,) = (await answer(f"/commits/{sha}/check-suites")).data["check_suites"]
    assert (suite["status"], suite["latest_check_runs_count"]) == ("queued", 0)


async def test_an_app_begins_and_ends_a_check_of_its_own_and_no_others(house, clone, ask) -> None:
    sha = await pushed(clone)
    foreign = house.github.check(house.shop, sha)
    with pytest.raises(NotPermitted, match="not accessible by integration"):
        await ask("/check-runs", "POST", {"name": "deploy", "head_sha": sha})
    house.fake_app.permissions["checks"] = "write"
    house.app.tokens._kept.clear()

    made = await ask("/check-runs", "POST", {"name": "deploy", "head_sha": sha})
    assert (made["status"], made["conclusion"], made["app"]["id"]) == ("queued", None, house.fake_app.id)
    ended = await ask(f"/check-runs/{made['id']}", "PATCH", {"conclusion": "success"})
    assert ended["status"] == "completed"
    with pytest.raises(NotPermitted, match="can only be modified"):
        await ask(f"/check-runs/{foreign.id}", "PATCH", {"conclusion": "success"})
    for body in ({"status": "completed"}, {"status": "dancing"}, {"conclusion": "great"}):
        with pytest.raises(RequestRefused, match="422"):
            await ask(f"/check-runs/{made['id']}", "PATCH", body)


async def test_statuses_of_a_commit_make_one_by_the_newest_of_each_context(house, clone, ask) -> None:
    sha = await pushed(clone)
    assert (await ask(f"/commits/{sha}/status"))["state"] == "pending"
    for context, state in (("ci/a", "pending"), ("ci/b", "success"), ("ci/a", "success")):
        house.github.say(house.shop, sha, context, state)

    combined = await ask("/commits/main/status")
    assert (combined["state"], combined["total_count"], combined["sha"]) == ("success", 2, sha)
    assert [each["state"] for each in await ask(f"/commits/{sha}/statuses")] == ["success", "success", "pending"]
    house.github.say(house.shop, sha, "ci/b", "error")
    assert (await ask(f"/commits/{sha}/status"))["state"] == "failure"


async def test_a_commit_that_is_not_there_has_no_checks_and_takes_no_status(house, clone, ask) -> None:
    await pushed(clone)
    for path in ("check-runs", "check-suites", "status"):
        with pytest.raises(RequestRefused, match="No commit found for SHA"):
            await ask(f"/commits/{'0' * 40}/{path}")
    with pytest.raises(RequestRefused, match="No commit found for SHA"):
        await ask(f"/statuses/{'0' * 40}", "POST", {"state": "success"})
    with pytest.raises(NotThere):
        await ask("/check-runs/1")
