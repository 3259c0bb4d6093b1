import pytest

from support.services import make_build, make_deployment
from thakur.api.pages.parts.history import Chapter
from thakur.api.pages.parts.standing import Standing
from thakur.builds import BuildStatus, Failure
from thakur.runtime import DeploymentStatus

FAILURE = Failure(code="port_fixed", what="Nothing listened.")


def built(number: int, status: BuildStatus) -> Chapter:
    return Chapter(number=number, build=make_build(1, number, status=status))


def rolled_out(number: int, status: DeploymentStatus, failure: Failure | None = None) -> Chapter:
    return Chapter(number=number, deployment=make_deployment(1, number, status=status, failure=failure))


@pytest.mark.parametrize(
    ("live", "newest", "word", "serves"),
    [
        (None, None, "nothing live", None),
        (None, built(1, BuildStatus.RUNNING), "build running", None),
        (None, built(1, BuildStatus.FAILED), "build failed", None),
        (None, rolled_out(1, DeploymentStatus.CHECKING), "checking", None),
        (None, rolled_out(1, DeploymentStatus.FAILED, FAILURE), "failed", None),
        (4, rolled_out(4, DeploymentStatus.ACTIVE), "active", None),
        (4, built(5, BuildStatus.RUNNING), "build running", 4),
        (4, built(5, BuildStatus.FAILED), "build failed", 4),
        (4, built(5, BuildStatus.CANCELED), "active", None),
        (4, rolled_out(5, DeploymentStatus.FAILED, FAILURE), "failed", 4),
        (4, rolled_out(5, DeploymentStatus.STANDBY), "active", None),
    ],
)
def test_what_is_under_way_or_has_failed_since_is_told_before_what_serves(live, newest, word, serves):
    standing = Standing(live=make_deployment(1, live) if live else None, newest=newest)

    assert (standing.word, standing.serves) == (word, serves)
