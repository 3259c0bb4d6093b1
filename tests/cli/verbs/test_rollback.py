import json

import pytest

from support.services import entries, make_deployment
from thakur.runtime import DeploymentStatus, NeverActive, RolloutFailure

S = DeploymentStatus


@pytest.fixture
def shop(thakur, server):
    thakur("projects", "create", "shop")
    rows = server.doubles.runtime.rows
    rows[1, 1] = make_deployment(1, 1, status=S.RETIRED)
    rows[1, 2] = make_deployment(1, 2, status=S.STANDBY)
    rows[1, 3] = make_deployment(1, 3)
    return server.doubles


def test_the_standby_one_comes_back_by_default(thakur, shop):
    ran = thakur("rollback", "--project", "shop")

    assert shop.rollouts.asked == [("rollback", 2)]
    assert (ran.status, ran.out) == (0, "http://shop.localhost:8080\n")
    assert "#2 is live again after" in ran.err


def test_another_one_can_be_named(thakur, shop):
    ran = thakur("rollback", "--project", "shop", "--to", 1, "--json")

    assert shop.rollouts.asked == [("rollback", 1)]
    told = json.loads(ran.out)
    assert told.pop("seconds") >= 0
    assert told == {"project": "shop", "number": 1, "status": "active", "url": "http://shop.localhost:8080"}


def test_only_the_lines_of_this_comeback_are_shown(thakur, shop, server):
    server.call(shop.logs.append(102, entries("an old line", "another")))

    ran = thakur("rollback", "--project", "shop")

    assert "old line" not in ran.err
    assert "rollback of #2" in ran.err


def test_a_comeback_that_fails_says_why_and_what_is_live(thakur, shop):
    failure = RolloutFailure(code="unhealthy", what="GET / answered 500.", next="Read its log.", still_active=3)
    shop.rollouts.ending = {"status": S.STANDBY, "failure": failure}

    ran = thakur("rollback", "--project", "shop")

    assert ran.status == 1
    assert "#2 is standby. GET / answered 500. #3 is still live at http://shop.localhost:8080." in ran.err
    assert ran.err.splitlines()[-1] == "Read its log."
    assert ran.out == ""


def test_without_a_standby_one_the_last_that_was_live_is_suggested(thakur, shop):
    del shop.runtime.rows[1, 2]

    ran = thakur("rollback", "--project", "shop")

    assert ran.status == 1
    assert "thakur rollback --project shop --to 1" in ran.err
    assert shop.rollouts.asked == []


def test_a_first_deployment_has_nothing_to_roll_back_to(thakur, shop):
    for number in (1, 2):
        del shop.runtime.rows[1, number]

    ran = thakur("rollback", "--project", "shop")

    assert ran.status == 1
    assert "nothing to roll back to" in ran.err


def test_a_refusal_is_told_with_its_hint(thakur, shop):
    shop.rollouts.refusal = NeverActive("#2 cannot be brought back.", hint="Try a redeploy.")

    ran = thakur("rollback", "--project", "shop")

    assert (ran.status, ran.err.splitlines()[-2:]) == (1, ["#2 cannot be brought back.", "Try a redeploy."])
