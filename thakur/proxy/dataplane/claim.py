"""Which upstream gets a request, and over which connection."""

import socket
from typing import TYPE_CHECKING

from thakur.proxy.dataplane import faults
from thakur.proxy.dataplane.faults import ERROR
from thakur.proxy.dataplane.plane import Plane
from thakur.proxy.dataplane.table import Pool, Upstream
from thakur.proxy.dataplane.upstream import UpstreamConnection, try_other

if TYPE_CHECKING:
    from thakur.proxy.dataplane.client import ClientConnection


def claim(
    client: "ClientConnection",
    pool: Pool,
    out: bytes,
    *,
    is_fresh: bool = False,
    other_than: Upstream | None = None,
) -> None:
    """Give the client's request to the upstream of the pool with least to do."""
    upstream = pool.pick(client.loop.now, other_than)
    if upstream is None:
        client.fail(faults.NO_UPSTREAM)
        return
    while upstream.idle and not is_fresh:
        idle = upstream.idle.pop()
        # What cannot be sent twice must not meet a connection that the application has just closed.
        if client.replay or idle.is_alive():
            idle.begin(client, out)
            return
        idle.close()
    connection = _connect(client.plane, upstream)
    if connection is None:
        try_other(client, upstream, out)
    else:
        connection.begin(client, out)


def _connect(plane: Plane, upstream: Upstream) -> UpstreamConnection | None:
    family = socket.AF_INET6 if ":" in upstream.host else socket.AF_INET
    try:
        sock = socket.socket(family if upstream.port else socket.AF_UNIX, socket.SOCK_STREAM)
    except OSError as error:
        plane.journal.write(ERROR, "no socket for an upstream", reason=error.strerror or "")
        return None
    sock.setblocking(False)
    try:
        if upstream.port:
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            sock.connect((upstream.host, upstream.port))
        else:
            sock.connect(upstream.host)
    except OSError as error:
        # A unix socket is connected at once or, when too many wait there, not at all.
        if not upstream.port or not isinstance(error, BlockingIOError):
            sock.close()
            return None
    return UpstreamConnection(plane, sock, upstream)
