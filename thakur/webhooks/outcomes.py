"""What GitHub is told of a build and its deployment. Pure."""

from typing import NamedTuple

from thakur.builds import Build, BuildStatus
from thakur.github import DeploymentState
from thakur.runtime import Deployment, DeploymentStatus


class Outcome(NamedTuple):
    """A state in GitHub's words, and a sentence."""

    state: DeploymentState
    description: str


_B, _D = BuildStatus, DeploymentStatus

_BUILDS = {
    _B.QUEUED: Outcome("queued", "Waiting to be built"),
    _B.RUNNING: Outcome("in_progress", "Building"),
    _B.SUCCEEDED: Outcome("in_progress", "Built, waiting to be deployed"),
    _B.CANCELED: Outcome("error", "Canceled"),
}
_DEPLOYMENTS = {
    _D.QUEUED: Outcome("in_progress", "Built, waiting to be deployed"),
    _D.STARTING: Outcome("in_progress", "Starting"),
    _D.CHECKING: Outcome("in_progress", "Checking its health"),
    _D.ACTIVE: Outcome("success", "Live"),
    _D.STANDBY: Outcome("inactive", "Another deployment is live"),
    _D.RETIRED: Outcome("inactive", "No longer live"),
    _D.CANCELED: Outcome("error", "Canceled"),
    _D.SUPERSEDED: Outcome("error", "A newer deployment took its place"),
}


def outcome(build: Build, deployment: Deployment | None) -> Outcome:
    """Where they stand."""
    if deployment is not None:
        if deployment.status is _D.FAILED:
            return Outcome("failure", deployment.failure.what if deployment.failure else "It did not come up")
        return _DEPLOYMENTS[deployment.status]
    if build.status is _B.FAILED:
        return Outcome("failure", build.failure.what if build.failure else "The build failed")
    if build.status is _B.SUPERSEDED:
        return Outcome("error", f"A newer build, {build.ended_by}, took its place")
    return _BUILDS[build.status]
