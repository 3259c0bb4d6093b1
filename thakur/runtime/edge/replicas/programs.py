"""What a replica's sandbox shows of this host's toolchain: bun always, node to an application that runs under it."""

from typing import Literal

from thakur.builds import Failure, Toolchain
from thakur.runtime.interface import DeploymentRefused
from thakur.sandbox import Bind

TOOLS = "/opt/thakur/bin"


def programs(runtime: Literal["bun", "node"], toolchain: Toolchain) -> tuple[Bind, ...]:
    """Each program alone, whatever lies beside it on the host. Raises DeploymentRefused when node is asked for in vain."""
    bun = Bind(toolchain.bun, f"{TOOLS}/bun")
    if runtime == "bun":
        return (bun,)
    if toolchain.node is None:
        raise DeploymentRefused(
            Failure(
                code="node_missing",
                what="The application runs under node, and this host has none that is new enough.",
                why="Its plan says runtime node.",
                next="Install it with: pip install 'thakur-deploy[node]', start Thakur again, and deploy again.",
            )
        )
    return (bun, Bind(toolchain.node, f"{TOOLS}/node"))
