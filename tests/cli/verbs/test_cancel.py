import json

import pytest

from support.services import make_build, make_deployment
from thakur.builds import BuildStatus
from thakur.runtime import DeploymentStatus, NothingToCancel


@pytest.fixture
def shop(thakur, server):
    thakur("projects", "create", "shop")
    server.doubles.runtime.rows[1, 1] = make_deployment(1, 1)
    return server.doubles


def test_a_rollout_is_canceled_and_what_is_live_is_told(thakur, shop):
    shop.builds.rows[1, 2] = make_build(1, 2, status=BuildStatus.SUCCEEDED)
    shop.runtime.rows[1, 2] = make_deployment(1, 2, status=DeploymentStatus.CHECKING)

    ran = thakur("cancel", 2, "--project", "shop", "--json")

    assert shop.rollouts.asked == [("cancel", 2)]
    assert json.loads(ran.out) == {"project": "shop", "number": 2, "status": "canceled"}
    assert "#2 is canceled. #1 is still live at http://shop.localhost:8080." in ran.err


def test_a_redeploy_is_canceled_though_it_has_no_build(thakur, shop):
    shop.runtime.rows[1, 2] = make_deployment(1, 2, status=DeploymentStatus.QUEUED)

    assert thakur("cancel", 2, "--project", "shop").status == 0
    assert shop.rollouts.asked == [("cancel", 2)]


def test_what_has_ended_cannot_be_canceled(thakur, shop):
    shop.builds.rows[1, 2] = make_build(1, 2, status=BuildStatus.FAILED)
    ran = thakur("cancel", 2, "--project", "shop")
    assert ran.status == 1
    assert "Build #2 is failed: nothing of it is under way." in ran.err

    shop.rollouts.refusal = NothingToCancel("#1 is active: nothing of it is under way.")
    assert "nothing of it is under way" in thakur("cancel", 1, "--project", "shop").err


def test_a_number_is_needed(thakur, shop):
    assert thakur("cancel", "--project", "shop").status == 2


def test_a_build_under_way_is_canceled(thakur, shop):
    shop.builds.rows[1, 2] = make_build(1, 2, status=BuildStatus.RUNNING)

    ran = thakur("cancel", 2, "--project", "shop")

    assert ran.status == 0
    assert shop.builds.rows[1, 2].status is BuildStatus.CANCELED
    assert shop.rollouts.asked == []


def test_a_build_that_succeeds_in_that_moment_has_its_rollout_canceled(thakur, shop, monkeypatch):
    build = shop.builds.rows[1, 2] = make_build(1, 2, status=BuildStatus.RUNNING)
    shop.runtime.rows[1, 2] = make_deployment(1, 2, status=DeploymentStatus.CHECKING)
    cancel = shop.builds.cancel

    async def too_late(*asked):
        shop.builds.change(build, status=BuildStatus.SUCCEEDED)
        return await cancel(*asked)

    monkeypatch.setattr(shop.builds, "cancel", too_late)

    assert thakur("cancel", 2, "--project", "shop").status == 0
    assert shop.rollouts.asked == [("cancel", 2)]
