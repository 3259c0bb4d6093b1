"""The proxy: a visitor's request comes in, a healthy upstream answers it.

A *route* leads a host name to a *pool*; a pool holds *upstreams* (replicas' addresses) or one directory of static files.
The *control part* (`service`, `supervisor`) lives with the edge and pushes tables; the *data plane* (`worker` and the
rooms below it) is a small program of its own, standard library only, that never sees a database or a secret.
"""

from typing import TYPE_CHECKING, Any

# Lazy (PEP 562): a worker imports `thakur.proxy.worker`, and with it this file, and must not load msgspec or asyncio.
if TYPE_CHECKING:
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
    from thakur.proxy.static.hashed import may_be_hashed

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
    from thakur.proxy.static import hashed  # noqa: PLC0415

    return getattr({"prove_free": ports, "may_be_hashed": hashed}.get(name, interface), name)
