"""What a replica's process is: an order becomes the sandbox's description of one command."""

import signal
from pathlib import Path

from thakur.builds import Toolchain
from thakur.runtime.edge.replicas.homes import Home
from thakur.runtime.edge.replicas.programs import TOOLS, programs
from thakur.runtime.edge.starting.start import GUIDE, GUIDE_TARGET, Start
from thakur.runtime.interface import Order
from thakur.sandbox import Bind, Exit, Limits, Overlay, Spec

LOOPBACK = "127.0.0.1"
MEGABYTE = 1024 * 1024


def replica_spec(
    order: Order, home: Home, port: int, artifact: Path, uid: int, toolchain: Toolchain, start: Start
) -> Spec:
    """The command of one replica, to listen on `port`, over `artifact` with its own writes in `home`.

    Both carry the same name, so that a home that is found leads to its process. Raises DeploymentRefused.
    """
    assert order.plan.start is not None, "a static deployment has no replicas"
    guide = (Bind(str(GUIDE), GUIDE_TARGET),) if start.is_guided else ()
    return Spec(
        name=home.path.name,
        argv=start.command(order.plan.start),
        env=replica_env(order, port) | start.env(order.env),
        uid=uid,
        app=Overlay(lower=str(artifact), upper=str(home.upper), work=str(home.work)),
        directory=order.plan.start_in,
        binds=(*programs("node" if start.is_on_node else order.plan.runtime, toolchain), *guide),
        path=(TOOLS,),
        limits=Limits(memory_bytes=order.memory_bytes, cpus=order.cpus, processes=order.processes),
    )


def replica_env(order: Order, port: int) -> dict[str, str]:
    """The application's variables; where to listen is ours to say, the defaults may be the application's own."""
    defaults = {
        "NODE_ENV": "production",
        # bun would note what it transpiles in the memory of a home that ends with the process, and start slower for it.
        "BUN_RUNTIME_TRANSPILER_CACHE_PATH": "0",
    }
    listens = {
        "PORT": str(port),
        "HOST": LOOPBACK,
        # Next.js, among others, takes the address from this name.
        "HOSTNAME": LOOPBACK,
        "NITRO_PORT": str(port),
        "NITRO_HOST": LOOPBACK,
    }
    return {**defaults, **order.env, **listens}


def how_it_ended(exit_: Exit, order: Order) -> str:
    """What follows "The application" in a sentence: `exited with code 1`."""
    if exit_.is_out_of_memory:
        return f"ran out of memory (limit {order.memory_bytes // MEGABYTE} MB)"
    ended = _code_or_signal(exit_)
    if exit_.hit_process_limit:
        return f"{ended} after it reached its limit of {order.processes} processes and threads"
    return ended


def _code_or_signal(exit_: Exit) -> str:
    if exit_.signal is not None:
        names = {member.value: member.name for member in signal.Signals}
        return f"was ended by {names.get(exit_.signal, f'signal {exit_.signal}')}"
    if exit_.code is not None:
        return f"exited with code {exit_.code}"
    return "ended, and nobody saw how"
