"""PostgreSQL and Valkey: the *stores*, run from the wheels' programs on unix sockets in the data directory.

In come the settings, out come two URLs. A store that the settings name by URL is somebody else's and only passed on.
All processes of one data directory share the embedded servers; whoever starts first boots them, the last one out stops
them, and servers that outlive a killed owner are adopted.
"""

from thakur.stores.embedded import Stores, running, stop_unused
from thakur.stores.identity import ServiceUser, service_user
from thakur.stores.interface import DevNullBroken, StoreFailed, StoreMissing, StoreUrls

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
