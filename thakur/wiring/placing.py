"""The edge's part: the proxy, the sandbox and the edge itself. Loads no database, no queue, no web framework."""

from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from thakur.builds import ArtifactStore
from thakur.builds.tools.toolchain import find_toolchain
from thakur.logs import LogSink
from thakur.proxy.leftovers import end_left
from thakur.proxy.service import LocalProxy
from thakur.proxy.supervisor import Supervisor
from thakur.runtime import Assignments
from thakur.runtime.edge.local import LocalEdge
from thakur.runtime.edge.placements import state as edge_state
from thakur.sandbox import LocalSandbox, root_name
from thakur.settings import Settings
from thakur.stores import service_user
from thakur.wiring.tenants import TenantUids


@dataclass(frozen=True, slots=True)
class Placing:
    """What runs replicas and routes visitors to them, wired and not started."""

    sandbox: LocalSandbox
    proxy: LocalProxy
    edge: LocalEdge


def wire_placing(
    settings: Settings,
    edge_id: int,
    assignments: Assignments,
    sink: LogSink,
    artifacts: ArtifactStore,
) -> Placing:
    """Make the edge of this host. Raises BunMissing, UidsExhausted."""
    data = settings.data_dir
    user = service_user()
    sandbox = LocalSandbox(root_name(data))
    proxy = LocalProxy(
        Supervisor(
            settings.http,
            data / "run" / "proxy",
            data / "artifacts",
            uid=user.uid if user else None,
            gid=user.gid if user else None,
            release=version("thakur-deploy"),
            unix_sockets=data / "run" / "public",
        ),
        settings.trusted_proxies,
    )
    toolchain = find_toolchain(settings.bun, data / "shims")
    edge = LocalEdge(edge_id, data, proxy, sandbox, artifacts, sink, assignments, toolchain, TenantUids(data).of)
    return Placing(sandbox, proxy, edge)


async def end_leftovers(data_dir: Path) -> int:
    """End what a `serve` that is gone left running: proxy workers first, then replicas; returns how many there were."""
    workers = await end_left(data_dir / "run" / "proxy")
    return workers + await edge_state.end_recorded(data_dir, LocalSandbox(root_name(data_dir)))
