"""The toolchain: the bun and the node that build and run applications, and the names by which tools look for them."""

import contextlib
import os
from pathlib import Path

from thakur.builds.interface import Toolchain
from thakur.builds.tools.bun import find_bun
from thakur.builds.tools.node import find_node

BUN_TARGET = "/opt/bun/bin/bun"
NODE_TARGET = "/opt/node/bin/node"
SHIMS_TARGET = "/opt/thakur/shims"


def find_toolchain(bun: Path | None, shims: Path) -> Toolchain:
    """The bun named by the settings, else the wheel's, and a node if there is one. `shims` is a directory to make.

    Raises BunMissing.
    """
    program, node = find_bun(bun), find_node()
    _make_shims(shims, has_node=node is not None)
    return Toolchain(
        bun=str(program),
        node=None if node is None else node.program,
        binds=(
            (str(program), BUN_TARGET),
            *([] if node is None else [(node.program, NODE_TARGET)]),
            (str(shims), SHIMS_TARGET),
        ),
        path=(SHIMS_TARGET, str(Path(BUN_TARGET).parent)),
    )


def _make_shims(shims: Path, *, has_node: bool) -> None:
    # Called by the name `node`, bun behaves like node; the real one is better where there is one.
    shims.mkdir(mode=0o755, parents=True, exist_ok=True)
    shims.chmod(0o755)
    for name, target in (("bunx", BUN_TARGET), ("node", NODE_TARGET if has_node else BUN_TARGET)):
        link = shims / name
        with contextlib.suppress(OSError):
            if link.readlink() == Path(target):
                continue
        # Another process of this host may be doing the same.
        fresh = shims / f".{name}-{os.getpid()}"
        fresh.unlink(missing_ok=True)
        fresh.symlink_to(target)
        fresh.rename(link)
