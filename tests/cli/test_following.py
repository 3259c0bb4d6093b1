import pytest

from support.services import make_build, make_deployment
from thakur.builds import BuildStatus
from thakur.cli import following
from thakur.cli.interface import DeployFailed
from thakur.cli.session import open_session
from thakur.runtime import DeploymentStatus


@pytest.fixture
def settled(thakur, server, monkeypatch):
    """The outcome of build 3, whose log has ended, as its rows say."""
    monkeypatch.setattr(following, "SETTLE_SECONDS", 0.3)
    monkeypatch.setattr(following, "LOOK_SECONDS", 0.01)
    thakur("projects", "create", "shop")
    server.call(server.doubles.logs.end(103))

    def outcome(build, deployment=None):
        server.doubles.builds.rows[1, 3] = make_build(1, 3, status=build)
        if deployment:
            server.doubles.runtime.rows[1, 3] = make_deployment(1, 3, status=deployment)
        return following.outcome(open_session().client, "shop", 3)

    return outcome


def test_an_active_deployment_is_live_at_its_url(settled):
    found = settled(BuildStatus.SUCCEEDED, DeploymentStatus.ACTIVE)
    assert (found.is_live, found.url) == (True, "http://shop.localhost:8080")
    assert found.summary() == {"status": "active", "url": "http://shop.localhost:8080"}


@pytest.mark.parametrize("status", [BuildStatus.CANCELED, BuildStatus.SUPERSEDED])
def test_a_build_that_others_ended_says_so(settled, status):
    found = settled(status)
    assert not found.is_live
    assert found.account().startswith("Build #3 ")
    assert found.url is None


def test_a_deployment_that_a_newer_one_replaced_already_is_not_live(settled):
    found = settled(BuildStatus.SUCCEEDED, DeploymentStatus.STANDBY)
    assert found.account() == "Deployment #3 gave way to a newer one."


@pytest.mark.parametrize("deployment", [None, DeploymentStatus.CHECKING])
def test_a_log_that_ended_without_an_outcome_is_not_waited_on_for_ever(settled, deployment):
    with pytest.raises(DeployFailed, match="neither live nor failed"):
        settled(BuildStatus.SUCCEEDED, deployment)
