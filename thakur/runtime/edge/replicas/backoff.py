"""How long to wait before the next try."""

import random


def backoff_seconds(failures: int, first_seconds: float, last_seconds: float) -> float:
    """Twice as long after each failure, up to `last_seconds`, less up to a quarter so that many do not try together."""
    doubled = first_seconds * 2.0 ** min(max(failures - 1, 0), 30)
    return min(doubled, last_seconds) * random.uniform(0.75, 1.0)  # noqa: S311  (a spread, not a secret)
