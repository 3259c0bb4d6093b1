"""The proxy: a visitor's request comes in, a healthy upstream answers it.

A *route* leads a host name to a *pool*; a pool holds *upstreams* (replicas' addresses) or one directory of static files.
The *control part* (`service`, `supervisor`) lives with the edge and pushes tables; the *data plane*
(`dataplane`, whose `worker` is started) is a small program of its own, standard library only, that never sees a database or
a secret.
"""

from typing import TYPE_CHECKING, Any

# Lazy (PEP 562): a worker imports this file on the way to its own, and must not load msgspec or asyncio.
if TYPE_CHECKING:
    from thakur.proxy.dataplane.static.hashed import may_be_hashed
    from thakur.proxy.interface import (
        AddressUnusable,
        Answer,
        Pool,
        PoolRouted,
        PortTaken,
        ProbeFailed,
        Proxy,
        ProxyUnavailable,
        Route,
        Upstream,
    )
    from thakur.proxy.ports import prove_free

__all__ = [
    "AddressUnusable",
    "Answer",
    "Pool",
    "PoolRouted",
    "PortTaken",
    "ProbeFailed",
    "Proxy",
    "ProxyUnavailable",
    "Route",
    "Upstream",
    "may_be_hashed",
    "prove_free",
]


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(name)
    from thakur.proxy import interface, ports  # noqa: PLC0415  (see above)
    from thakur.proxy.dataplane.static import hashed  # noqa: PLC0415

    return getattr({"prove_free": ports, "may_be_hashed": hashed}.get(name, interface), name)
