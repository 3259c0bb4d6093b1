"""How often a replica has ended of late, and when it is tried again."""

from datetime import UTC, datetime

from thakur.runtime.edge.replicas.backoff import backoff_seconds

FIRST_RESTART_SECONDS = 0.1
LAST_RESTART_SECONDS = 30.0
# A replica that ran this long before it ended counts as one that works: its next restart is quick again.
STEADY_SECONDS = 60.0
CRASH_LOOP_ENDS = 5


class Comebacks:
    """The ends in a row of one replica; `since` is the first of them."""

    def __init__(self) -> None:
        self.ends = 0
        self.since: datetime | None = None

    @property
    def is_crash_loop(self) -> bool:
        return self.ends >= CRASH_LOOP_ENDS

    def ended(self, ran_seconds: float) -> float:
        """Count an end; returns how long to wait before the next try."""
        if ran_seconds >= STEADY_SECONDS:
            self.ends = 0
        self.ends += 1
        if self.ends == 1:
            self.since = datetime.now(UTC)
        return backoff_seconds(self.ends, FIRST_RESTART_SECONDS, LAST_RESTART_SECONDS)

    def told(self, ended: str, wait_seconds: float) -> str:
        """What a person reads; `ended` follows "The application"."""
        if self.since is None or not self.is_crash_loop:
            return f"The application {ended}; it is started again in {wait_seconds:.1f} s."
        return (
            f"Crash loop: the application {ended}, the end number {self.ends} since {self.since:%H:%M:%S} UTC; "
            f"next try in {wait_seconds:.1f} s."
        )
