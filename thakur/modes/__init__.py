"""Modes: what one `thakur serve` process is, from the lock on its data directory to the last server it stops.

A *role* is a part of the platform: `api`, `worker`, `edge`. A process has one, some, or all of them; it starts their parts in
order, waits for a *word* to end, and stops them in reverse.
"""

from thakur.modes.leftovers import stop_host
from thakur.modes.serving import serve

__all__ = ["serve", "stop_host"]
