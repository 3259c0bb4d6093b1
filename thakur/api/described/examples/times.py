"""The moments at which the examples happen."""

from datetime import UTC, datetime, timedelta

BEGAN = datetime(2026, 3, 14, 9, 26, 53, tzinfo=UTC)
ENDED = BEGAN + timedelta(seconds=21)
LATER = BEGAN + timedelta(days=30)
EARLIER = BEGAN - timedelta(days=60)
