"""PostgreSQL and Valkey: the *stores*, run from the wheels' programs on unix sockets in the data directory.

In come the settings, out come two URLs. A store that the settings name by URL is somebody else's and only passed on.
All processes of one data directory share the embedded servers; whoever starts first boots them, the last one out stops
them, and servers that outlive a killed owner are adopted.
"""

from typing import TYPE_CHECKING, Any

from thakur.stores.identity import ServiceUser, service_user
from thakur.stores.interface import DevNullBroken, StoreFailed, StoreMissing, StoreUrls

# Lazy (PEP 562): an edge asks only who the service user is, and must not load a database driver for that.
if TYPE_CHECKING:
    from thakur.stores.embedded import Stores, running, stop_unused

__all__ = [
    "DevNullBroken",
    "ServiceUser",
    "StoreFailed",
    "StoreMissing",
    "StoreUrls",
    "Stores",
    "running",
    "service_user",
    "stop_unused",
]


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(name)
    from thakur.stores import embedded  # noqa: PLC0415  (see above)

    return getattr(embedded, name)
