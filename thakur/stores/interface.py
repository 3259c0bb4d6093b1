"""What the stores give, and what can be wrong with them."""

from dataclasses import dataclass

from thakur.errors import ThakurError, Unavailable


@dataclass(frozen=True, slots=True)
class StoreUrls:
    """Where the two stores answer; valid in this process only, until its `Stores` stop."""

    database_url: str
    redis_url: str


class StoreMissing(ThakurError):
    """A server's program is not installed and no URL names another server."""

    code = "store_missing"


class StoreFailed(Unavailable):
    """An embedded server did not start, or did not stop."""

    code = "store_failed"


class DevNullBroken(ThakurError):
    """The host's /dev/null cannot be written by everybody, and initdb needs it."""

    code = "dev_null_broken"
