import json

import pytest

from support.services import make_deployment
from thakur.runtime import DeploymentStatus, RolloutFailure

S = DeploymentStatus


@pytest.fixture
def shop(thakur, server):
    thakur("projects", "create", "shop")
    return server.doubles


def test_the_active_one_is_deployed_again_under_a_new_number(thakur, shop):
    shop.runtime.rows[1, 1] = make_deployment(1, 1)
    shop.runtime.rows[1, 2] = make_deployment(1, 2, status=S.FAILED)

    ran = thakur("redeploy", "--project", "shop", "--json")

    assert shop.rollouts.asked == [("redeploy to production", 3)]
    assert "Deploying #1 again as #3." in ran.err
    assert json.loads(ran.out)["number"] == 3


def test_where_nothing_is_active_the_newest_is_taken(thakur, shop):
    shop.runtime.rows[1, 1] = make_deployment(1, 1, status=S.FAILED)
    shop.runtime.rows[1, 2] = make_deployment(1, 2, status=S.FAILED)

    ran = thakur("redeploy", "--project", "shop")

    assert "Deploying #2 again as #3." in ran.err
    assert ran.out == "http://shop.localhost:8080\n"


def test_another_one_can_be_named(thakur, shop):
    shop.runtime.rows[1, 1] = make_deployment(1, 1, status=S.RETIRED)
    shop.runtime.rows[1, 2] = make_deployment(1, 2)

    assert "Deploying #1 again as #3." in thakur("redeploy", "--project", "shop", "--from", 1).err


def test_a_redeploy_that_fails_says_why(thakur, shop):
    shop.runtime.rows[1, 1] = make_deployment(1, 1)
    failure = RolloutFailure(code="unhealthy", what="GET / answered 500.", still_active=1)
    shop.rollouts.ending = {"status": S.FAILED, "failure": failure}

    ran = thakur("redeploy", "--project", "shop")

    assert ran.status == 1
    assert "#2 is failed. GET / answered 500. #1 is still live at http://shop.localhost:8080." in ran.err


def test_a_project_without_deployments_is_told_how_to_make_one(thakur, shop):
    ran = thakur("redeploy", "--project", "shop")

    assert ran.status == 1
    assert "thakur deploy FOLDER --project shop" in ran.err
