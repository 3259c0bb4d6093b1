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
    "prove_free",
]


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(name)
    from thakur.proxy import interface, ports  # noqa: PLC0415  (see above)

    return getattr(ports if name == "prove_free" else interface, name)
