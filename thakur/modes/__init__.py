"""Modes: what one `thakur serve` process is, from the lock on its data directory to the last server it stops.

A *role* starts its parts in order, waits for a word to end, and stops them in reverse. Today there is one role, `all`.
"""

from thakur.modes.leftovers import stop_host
from thakur.modes.role_all import serve

__all__ = ["serve", "stop_host"]
