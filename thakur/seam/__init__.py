"""The seam: where two processes meet, a Protocol is called over internal HTTP as if it were in-process.

A *contract* is what a Protocol's annotations say of its methods. `mount` puts an implementation into a `SeamApp`, a plain
ASGI app; `client` makes the same Protocol again from a `Peer`, the other side, and a `Key` signs what goes between them.
Typed structs, typed errors, streams, deadlines and cancellation cross both ways.
"""

from typing import TYPE_CHECKING, Any

from thakur.seam.interface import (
    CALL_SECONDS,
    RETRY_SECONDS,
    UPLOAD_SECONDS,
    DeadlineMissed,
    PeerAbsent,
    PeerFailed,
    SeamBroken,
    deadline,
    idempotent,
)

# Lazy (PEP 562): every interface module imports the marks, and only a process that is split needs aiohttp.
if TYPE_CHECKING:
    from thakur.seam.caller import client
    from thakur.seam.peer import Peer
    from thakur.seam.server import Mount, SeamApp, mount
    from thakur.seam.signing import Key

_HOMES = {
    "Key": "signing",
    "Mount": "server",
    "Peer": "peer",
    "SeamApp": "server",
    "client": "caller",
    "mount": "server",
}

__all__ = [
    "CALL_SECONDS",
    "RETRY_SECONDS",
    "UPLOAD_SECONDS",
    "DeadlineMissed",
    "Key",
    "Mount",
    "Peer",
    "PeerAbsent",
    "PeerFailed",
    "SeamApp",
    "SeamBroken",
    "client",
    "deadline",
    "idempotent",
    "mount",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(name)
    from importlib import import_module  # noqa: PLC0415  (see above)

    return getattr(import_module(f"thakur.seam.{_HOMES[name]}"), name)
