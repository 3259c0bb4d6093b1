"""How often wrong secrets may be tried, by address and by everybody together; kept in memory, of a bounded size."""

import ipaddress
import time
from collections import OrderedDict, deque
from collections.abc import Callable

from thakur.accounts.refusals import AttemptsExhausted

WINDOW_SECONDS = 60.0
OF_ADDRESS = 20
OF_ALL = 100
KEPT_ADDRESSES = 4_096


class Attempts:
    """Counts failures only. When there are too many from everywhere, addresses that have shown a right secret go on."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._all: deque[float] = deque(maxlen=OF_ALL)
        self._failed: OrderedDict[str, deque[float]] = OrderedDict()
        self._known: OrderedDict[str, None] = OrderedDict()

    def check(self, address: str) -> None:
        """Raises AttemptsExhausted, before anything is looked up."""
        place = _place(address)
        failed = self._failed.get(place)
        is_flooded = self._is_full(self._all, OF_ALL) and place not in self._known
        if is_flooded or (failed is not None and self._is_full(failed, OF_ADDRESS)):
            raise AttemptsExhausted(
                "Too many wrong secrets were tried", hint=f"Wait for {WINDOW_SECONDS:.0f} seconds, then try again."
            )

    def fail(self, address: str) -> None:
        """Note a wrong secret."""
        now, place = self._clock(), _place(address)
        self._all.append(now)
        self._failed.setdefault(place, deque(maxlen=OF_ADDRESS)).append(now)
        self._failed.move_to_end(place)
        if len(self._failed) > KEPT_ADDRESSES:
            self._failed.popitem(last=False)

    def succeed(self, address: str) -> None:
        """Note a right one."""
        place = _place(address)
        self._known[place] = None
        self._known.move_to_end(place)
        if len(self._known) > KEPT_ADDRESSES:
            self._known.popitem(last=False)

    def _is_full(self, failed: deque[float], most: int) -> bool:
        return len(failed) == most and failed[0] > self._clock() - WINDOW_SECONDS


def _place(address: str) -> str:
    # Whoever has one address of version 6 has at least the 2^64 beside it.
    return str(ipaddress.ip_network((address, 64), strict=False)) if ":" in address else address
