"""Runtime: a *deployment* puts an artifact on *edges*; each runs its *replicas* and routes visitors to them.

Deciding (service, deployments, rollouts) knows the database; an edge (`edge`) knows processes, sockets and its own files only.
"""

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
from thakur.runtime.facts import EdgeFacts, Edges, EdgeSeen, ReplicasSeen
from thakur.runtime.interface import (
    Assignments,
    Checked,
    Deployment,
    DeploymentNotFound,
    DeploymentRefused,
    DeploymentsSought,
    Edge,
    EdgeUnavailable,
    HealthCheck,
    Order,
    Prepared,
    RolloutFailure,
    Rollouts,
    RolloutUnderWay,
    Runtime,
)
from thakur.runtime.replica import ReplicaState, ReplicaStatus
from thakur.runtime.statuses import DEPLOYMENT_MOVES, DeploymentStatus, Reason

__all__ = [
    "DEPLOYMENT_MOVES",
    "AlreadyActive",
    "ArtifactGone",
    "Assignments",
    "Checked",
    "Deployment",
    "DeploymentNotFound",
    "DeploymentRefused",
    "DeploymentStatus",
    "DeploymentsSought",
    "Edge",
    "EdgeFacts",
    "EdgeSeen",
    "EdgeUnavailable",
    "Edges",
    "EnvironmentUnknown",
    "ForkStays",
    "HealthCheck",
    "NeverActive",
    "NotActive",
    "NothingToCancel",
    "NothingToRestart",
    "Order",
    "Prepared",
    "Reason",
    "ReplicaState",
    "ReplicaStatus",
    "ReplicasSeen",
    "RolloutFailure",
    "RolloutUnderWay",
    "Rollouts",
    "Runtime",
]
