"""Runtime: a *deployment* puts an artifact on *edges*; each runs its *replicas* and routes visitors to them.

Deciding (service, rollout) knows the database; an edge (`edge*`) knows processes, sockets and its own files only.
"""

from thakur.runtime.interface import (
    DEPLOYMENT_MOVES,
    Assignments,
    Checked,
    Deployment,
    DeploymentNotFound,
    DeploymentRefused,
    DeploymentStatus,
    Edge,
    EdgeUnavailable,
    HealthCheck,
    Order,
    Prepared,
    Runtime,
)

__all__ = [
    "DEPLOYMENT_MOVES",
    "Assignments",
    "Checked",
    "Deployment",
    "DeploymentNotFound",
    "DeploymentRefused",
    "DeploymentStatus",
    "Edge",
    "EdgeUnavailable",
    "HealthCheck",
    "Order",
    "Prepared",
    "Runtime",
]
