"""What GitHub is told of each status."""

import pytest

from support.services import make_build, make_deployment
from thakur.builds import BuildStatus, Failure
from thakur.runtime import DeploymentStatus, RolloutFailure
from thakur.webhooks.outcomes import outcome


@pytest.mark.parametrize("status", BuildStatus)
def test_every_status_of_a_build_has_an_outcome(status) -> None:
    ends = {BuildStatus.FAILED: "failure", BuildStatus.CANCELED: "error", BuildStatus.SUPERSEDED: "error"}
    build = make_build(status=status, failure=Failure(code="x", what="No such script.", next="Add it."))

    told = outcome(build, None)

    assert told.state == ends.get(status, "queued" if status is BuildStatus.QUEUED else "in_progress")
    assert ("No such script." in told.description) is (status is BuildStatus.FAILED)


@pytest.mark.parametrize("status", DeploymentStatus)
def test_every_status_of_a_deployment_has_an_outcome(status) -> None:
    expected = {
        DeploymentStatus.ACTIVE: "success",
        DeploymentStatus.STANDBY: "inactive",
        DeploymentStatus.RETIRED: "inactive",
        DeploymentStatus.FAILED: "failure",
        DeploymentStatus.CANCELED: "error",
        DeploymentStatus.SUPERSEDED: "error",
    }
    failure = RolloutFailure(code="x", what="It crashed.", next="Look.")
    told = outcome(make_build(status=BuildStatus.SUCCEEDED), make_deployment(status=status, failure=failure))

    assert told.state == expected.get(status, "in_progress")
    assert told.description


def test_a_preview_that_was_taken_down_names_no_other_that_is_live() -> None:
    told = outcome(make_build(status=BuildStatus.SUCCEEDED), make_deployment(status=DeploymentStatus.RETIRED))

    assert told.description == "No longer live"
