"""Why something that a person asked of a deployment cannot be, and what to do instead."""

from thakur.builds import Artifact
from thakur.projects import PRODUCTION, is_fork
from thakur.runtime.conflicts import (
    AlreadyActive,
    ArtifactGone,
    EnvironmentUnknown,
    ForkStays,
    NeverActive,
    NotActive,
    NothingToCancel,
    NothingToRestart,
)
from thakur.runtime.deployments.store import ONCE_ACTIVE
from thakur.runtime.interface import Deployment
from thakur.runtime.statuses import DeploymentStatus

_ENDED = {
    DeploymentStatus.FAILED: "it failed before it was live",
    DeploymentStatus.CANCELED: "it was canceled before it was live",
    DeploymentStatus.SUPERSEDED: "a newer one took its place before it was live",
}


def check_rollback(deployment: Deployment, artifact: Artifact) -> None:
    """Raises AlreadyActive, NeverActive, ArtifactGone."""
    number = deployment.number
    if deployment.status is DeploymentStatus.ACTIVE:
        raise AlreadyActive(
            f"#{number} is what is live in {deployment.environment}.",
            hint="Choose another one of those that thakur deployments lists as standby or retired.",
        )
    if deployment.status not in ONCE_ACTIVE:
        reason = _ENDED.get(deployment.status, f"it is just being deployed ({deployment.status})")
        raise NeverActive(
            f"#{number} cannot be brought back: {reason}.",
            hint=f"Try it again as a new deployment with: thakur redeploy --from {number}",
        )
    check_artifact(deployment, artifact)


def check_artifact(deployment: Deployment, artifact: Artifact) -> None:
    """Raises ArtifactGone."""
    if not artifact.is_kept:
        raise ArtifactGone(
            f"The artifact of #{deployment.number} is not kept any more.",
            hint="Kept are those of what is active or standby, and the 10 last of production. "
            "Check that commit out and deploy it again with: thakur deploy",
        )


def check_restart(deployment: Deployment, artifact: Artifact) -> None:
    """Raises NotActive, NothingToRestart."""
    if deployment.status is not DeploymentStatus.ACTIVE:
        raise not_active(deployment)
    if artifact.plan.kind == "static":
        raise NothingToRestart(
            f"#{deployment.number} is a directory of files: no process of it runs.",
            hint="To publish it anew, deploy it again.",
        )


def check_environment(origin: Deployment, environment: str) -> None:
    """An artifact goes to production, or to where it has been. Raises EnvironmentUnknown, ForkStays."""
    if environment not in (PRODUCTION, origin.environment):
        hint = f"Say: {' or '.join(sorted({PRODUCTION, origin.environment}, reverse=True))}"
        raise EnvironmentUnknown(
            f"There is no environment {environment} to deploy #{origin.number} to.", hint=hint, field="environment"
        )
    if is_fork(origin.environment) and environment == PRODUCTION:
        raise ForkStays(
            f"#{origin.number} was built from a fork, and production has env vars that no fork may see.",
            hint="Merge the pull request: the push to production's branch is built.",
        )


def not_active(deployment: Deployment) -> NotActive:
    """What is raised when something else than the active deployment should be restarted."""
    return NotActive(
        f"#{deployment.number} is {deployment.status}; only what is active can be restarted.",
        hint="thakur deployments shows which one that is.",
    )


def nothing_to_cancel(deployment: Deployment) -> NothingToCancel:
    """What is raised when a rollout has ended, or switched, before it could be canceled."""
    hint = "Go back to what was live before with: thakur rollback" if deployment.status == "active" else ""
    return NothingToCancel(f"#{deployment.number} is {deployment.status}: nothing of it is under way.", hint=hint)
