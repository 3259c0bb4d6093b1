"""Examples of builds, deployments, replicas, logs and hosts."""

from thakur.api.described.examples.projects import GIT, URL
from thakur.api.described.examples.times import BEGAN, ENDED
from thakur.api.interface import Host
from thakur.api.lines import LineShown
from thakur.api.resources.builds import GitAsked
from thakur.api.resources.deployments import RedeployAsked
from thakur.api.resources.health import Ready, Up
from thakur.api.resources.logs import LogCleared
from thakur.api.resources.plans import PlanAsked
from thakur.api.resources.replicas import ReplicaShown, ReplicasShown
from thakur.api.resources.shown import BuildShown, DeploymentShown
from thakur.builds import BuildStatus, Plan, Planned, Source, Step
from thakur.logs import Level
from thakur.runtime import DeploymentStatus, EdgeFacts, EdgeSeen, Reason, ReplicaState

COMMIT = "5d41402abc4b2a76b9719d911017c592ae1f3b7c"
VERSION = "0.1.0"

_REPLICA = ReplicaShown(
    edge="web-1",
    deployment=97,
    number=1,
    state=ReplicaState.RUNNING,
    port=41233,
    ends=0,
    ends_since=None,
    is_crash_loop=False,
    next_try_at=None,
)
_FACTS = EdgeFacts(
    version=VERSION,
    cpus=2,
    load=0.31,
    memory_bytes=2_147_483_648,
    memory_used_bytes=734_003_200,
    disk_bytes=42_949_672_960,
    disk_used_bytes=9_663_676_416,
    replicas=3,
    enforced=("sandbox", "memory", "cpu"),
    not_enforced={"freezer": "The cgroup has no freezer"},
)

EXAMPLES = (
    BuildShown(
        number=97,
        status=BuildStatus.SUCCEEDED,
        attempt=1,
        source=Source(kind="git", folder="shop", url=GIT, ref="main", commit=COMMIT, message="Add a basket"),
        requested_by="ada",
        ended_by=None,
        steps=(Step("install", 3.2), Step("build", 11.8), Step("package", 0.9)),
        plan=Plan(framework="hono", kind="server", install=("bun", "install"), start=("bun", "src/index.ts")),
        failure=None,
        created_at=BEGAN,
        started_at=BEGAN,
        finished_at=ENDED,
    ),
    GitAsked(git_url=GIT, ref="main"),
    PlanAsked(git_url=GIT, ref="main", root="apps/web"),
    Planned(
        source=Source(kind="git", folder="shop", url=GIT, ref="main", commit=COMMIT, message="Add a basket"),
        plan=Plan(framework="Hono", kind="server", install=("bun", "install"), start=("bun", "src/index.ts")),
    ),
    DeploymentShown(
        number=97,
        environment="production",
        branch="main",
        status=DeploymentStatus.ACTIVE,
        reason=Reason.DEPLOY,
        is_restarting=False,
        has_build=True,
        url=URL,
        steps=(Step("start", 0.4), Step("check", 0.2), Step("switch", 0.01)),
        failure=None,
        requested_by="ada",
        created_at=ENDED,
        started_at=ENDED,
        finished_at=ENDED,
    ),
    RedeployAsked(origin=96),
    ReplicasShown(deployment=97, replicas=(_REPLICA,)),
    LineShown(number=501, at=ENDED, level=Level.INFO, text="listening on 41233", replica=1),
    LogCleared(goes_on_from=502),
    EdgeSeen(name="web-1", facts=_FACTS),
    Up(),
    Ready(),
    Host(
        version=VERSION,
        pid=4711,
        data_dir="/var/lib/thakur",
        address="127.0.0.1:8000",
        http="0.0.0.0:8080",
        base_domain="localhost",
    ),
)
