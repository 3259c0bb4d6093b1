"""The life of a deployment: its statuses, the moves between them, and what sets it going."""

from enum import StrEnum


class DeploymentStatus(StrEnum):
    """In order of life; `failed`, `canceled` and `superseded` are the other ends."""

    QUEUED = "queued"
    STARTING = "starting"
    CHECKING = "checking"
    ACTIVE = "active"
    STANDBY = "standby"
    RETIRED = "retired"
    FAILED = "failed"
    CANCELED = "canceled"
    SUPERSEDED = "superseded"


# One that came back and failed returns to where it was.
_ENDS_EARLY = frozenset({DeploymentStatus.FAILED, DeploymentStatus.CANCELED, DeploymentStatus.SUPERSEDED})
_RETURNS = frozenset({DeploymentStatus.STANDBY, DeploymentStatus.RETIRED})
DEPLOYMENT_MOVES: dict[DeploymentStatus, frozenset[DeploymentStatus]] = {
    DeploymentStatus.QUEUED: frozenset({DeploymentStatus.STARTING}) | _ENDS_EARLY,
    DeploymentStatus.STARTING: frozenset({DeploymentStatus.CHECKING, DeploymentStatus.QUEUED}) | _ENDS_EARLY | _RETURNS,
    DeploymentStatus.CHECKING: (
        frozenset({DeploymentStatus.ACTIVE, DeploymentStatus.STARTING, DeploymentStatus.QUEUED})
        | _ENDS_EARLY
        | _RETURNS
    ),
    DeploymentStatus.ACTIVE: frozenset({DeploymentStatus.STANDBY}),
    DeploymentStatus.STANDBY: frozenset({DeploymentStatus.STARTING, DeploymentStatus.RETIRED}),
    DeploymentStatus.RETIRED: frozenset({DeploymentStatus.STARTING}),
}


class Reason(StrEnum):
    """Why a deployment was put on edges, the last time that it was."""

    DEPLOY = "deploy"
    REDEPLOY = "redeploy"
    ROLLBACK = "rollback"
