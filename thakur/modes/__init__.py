"""Modes: what one `thakur serve` process is, from the lock on its data directory to the last server it stops.

A *role* is a part of the platform: `api`, `worker`, `edge`. A process has one, some, or all of them; it starts their parts in
order, waits for a *word* to end, and stops them in reverse.
"""

from typing import TYPE_CHECKING, Any

# Lazy (PEP 562): stopping a host needs the stores, and an edge that serves must not load them.
if TYPE_CHECKING:
    from thakur.modes.leftovers import stop_host
    from thakur.modes.rotating import rotate
    from thakur.modes.serving import serve

_HOMES = {"rotate": "rotating", "serve": "serving", "stop_host": "leftovers"}

__all__ = ["rotate", "serve", "stop_host"]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(name)
    from importlib import import_module  # noqa: PLC0415  (see above)

    return getattr(import_module(f"thakur.modes.{_HOMES[name]}"), name)
