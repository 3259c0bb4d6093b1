"""The life of a build: its statuses and the moves between them."""

from enum import StrEnum


class BuildStatus(StrEnum):
    """In order of life; the last four are ends."""

    QUEUED = "queued"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    CANCELED = "canceled"
    SUPERSEDED = "superseded"

    @property
    def has_ended(self) -> bool:
        """Whether it stays so for ever."""
        return self not in BUILD_MOVES


BUILD_MOVES: dict[BuildStatus, frozenset[BuildStatus]] = {
    BuildStatus.QUEUED: frozenset({BuildStatus.RUNNING, BuildStatus.CANCELED, BuildStatus.SUPERSEDED}),
    BuildStatus.RUNNING: frozenset(
        {
            BuildStatus.QUEUED,
            BuildStatus.SUCCEEDED,
            BuildStatus.FAILED,
            BuildStatus.CANCELED,
            BuildStatus.SUPERSEDED,
        },
    ),
}
