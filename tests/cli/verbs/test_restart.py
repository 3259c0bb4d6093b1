import json

import pytest

from support.services import make_deployment
from thakur.runtime import RolloutFailure


@pytest.fixture
def shop(thakur, server):
    thakur("projects", "create", "shop")
    return server.doubles


def test_what_is_live_is_restarted(thakur, shop):
    shop.runtime.rows[1, 2] = make_deployment(1, 2)

    ran = thakur("restart", "--project", "shop", "--json")

    assert shop.rollouts.asked == [("restart", 2)]
    assert (json.loads(ran.out)["status"], ran.status) == ("active", 0)
    assert "#2 was restarted after" in ran.err


def test_a_restart_that_fails_says_that_the_old_processes_serve(thakur, shop):
    shop.runtime.rows[1, 2] = make_deployment(1, 2)
    shop.rollouts.ending = {"failure": RolloutFailure(code="unhealthy", what="GET / answered 500.", still_active=2)}

    ran = thakur("restart", "--project", "shop")

    assert ran.status == 1
    assert "GET / answered 500. #2 is still live at http://shop.localhost:8080." in ran.err


def test_where_nothing_is_live_nothing_is_restarted(thakur, shop):
    ran = thakur("restart", "--project", "shop")

    assert (ran.status, shop.rollouts.asked) == (1, [])
    assert "Nothing of shop is live" in ran.err
