import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.rollout_room import SERVER, STATIC
from support.services import AT, make_deployment
from thakur.builds import Artifact, Plan
from thakur.errors import ThakurError
from thakur.runtime import (
    DEPLOYMENT_MOVES,
    AlreadyActive,
    ArtifactGone,
    DeploymentStatus,
    EnvironmentUnknown,
    ForkStays,
    NeverActive,
    NotActive,
    NothingToRestart,
)
from thakur.runtime.deployments import refusals

S = DeploymentStatus


def artifact(plan: Plan = SERVER, *, is_kept: bool = True) -> Artifact:
    return Artifact(id=1, project_id=1, digest="d", size_bytes=1, files=1, plan=plan, is_kept=is_kept, created_at=AT)


@pytest.mark.parametrize(
    ("status", "refusal"),
    [
        (S.ACTIVE, AlreadyActive),
        (S.QUEUED, NeverActive),
        (S.STARTING, NeverActive),
        (S.CHECKING, NeverActive),
        (S.FAILED, NeverActive),
        (S.CANCELED, NeverActive),
        (S.SUPERSEDED, NeverActive),
    ],
)
def test_only_what_was_live_and_is_not_can_be_brought_back(status: S, refusal: type[ThakurError]) -> None:
    with pytest.raises(refusal) as refused:
        refusals.check_rollback(make_deployment(number=96, status=status), artifact())

    assert "#96" in refused.value.message
    assert refused.value.hint


@pytest.mark.parametrize("status", [S.STANDBY, S.RETIRED])
def test_standby_and_retired_come_back_while_their_artifact_is_kept(status: S) -> None:
    refusals.check_rollback(make_deployment(status=status), artifact())

    with pytest.raises(ArtifactGone, match="not kept any more"):
        refusals.check_rollback(make_deployment(status=status), artifact(is_kept=False))


@given(st.sampled_from(S))
def test_a_rollback_is_allowed_exactly_where_the_moves_are(status: S) -> None:
    may_start = S.STARTING in DEPLOYMENT_MOVES.get(status, frozenset()) and status is not S.QUEUED
    is_return = status is S.CHECKING
    try:
        refusals.check_rollback(make_deployment(status=status), artifact())
    except ThakurError:
        assert not may_start or is_return
    else:
        assert may_start


def test_a_restart_needs_something_that_runs() -> None:
    refusals.check_restart(make_deployment(), artifact())

    with pytest.raises(NothingToRestart):
        refusals.check_restart(make_deployment(), artifact(STATIC))
    with pytest.raises(NotActive, match="standby"):
        refusals.check_restart(make_deployment(status=S.STANDBY), artifact())


def test_an_artifact_goes_to_production_or_to_where_it_has_been() -> None:
    preview = make_deployment(1, 2, environment="git-next")
    refusals.check_environment(preview, "production")
    refusals.check_environment(preview, "git-next")

    with pytest.raises(EnvironmentUnknown) as refused:
        refusals.check_environment(preview, "git-fix")
    assert refused.value.field == "environment"
    assert refused.value.hint == "Say: production or git-next"


def test_what_came_from_a_fork_is_not_put_into_production() -> None:
    fork = make_deployment(1, 2, environment="pr-7")
    refusals.check_environment(fork, "pr-7")

    with pytest.raises(ForkStays, match="fork"):
        refusals.check_environment(fork, "production")
