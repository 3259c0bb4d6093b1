"""The toolchain: the bun and the node that build and run applications, and the names by which tools look for them."""

from pathlib import Path

from thakur.builds.interface import Toolchain
from thakur.builds.tools.bun import bun_versions, find_bun
from thakur.builds.tools.node import find_node
from thakur.builds.tools.shims import make_shims

BUN_TARGET = "/opt/bun/bin/bun"
NODE_TARGET = "/opt/node/bin/node"
SHIMS_TARGET = "/opt/thakur/shims"


def find_toolchain(bun: Path | None, shims: Path) -> Toolchain:
    """The bun named by the settings, else the wheel's, and a node if there is one. `shims` is a directory to make.

    Raises BunMissing.
    """
    program, node = find_bun(bun), find_node()
    bun_version, stand_in = bun_versions(program)
    make_shims(shims, BUN_TARGET)
    return Toolchain(
        bun=str(program),
        node=None if node is None else node.program,
        versions={"bun": bun_version} | ({} if node is None else {"node": node.version.removeprefix("v")}),
        stand_in=stand_in,
        binds=(
            (str(program), BUN_TARGET),
            *([] if node is None else [(node.program, NODE_TARGET)]),
            (str(shims), SHIMS_TARGET),
        ),
        path=(SHIMS_TARGET, str(Path(BUN_TARGET).parent)),
    )
