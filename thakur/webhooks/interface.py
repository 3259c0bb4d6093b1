"""What GitHub has delivered, for people who look at it, and asking for it once more."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Protocol

import msgspec

from thakur.accounts import Principal
from thakur.errors import Conflict, NotFound

# A method below is named `list`, which hides the type in the annotations after it.
list_of = list


class DeliveryStatus(StrEnum):
    """What became of a delivery: it waits to be acted on, was, could not be, or nothing follows from it."""

    RECEIVED = "received"
    DONE = "done"
    FAILED = "failed"
    IGNORED = "ignored"


class DeliveryKept(msgspec.Struct, frozen=True, kw_only=True):
    """An event that has arrived. `reason` is why it could not be acted on so far, `id` where the list goes on."""

    id: int
    guid: str
    app: str
    app_id: int
    event: str
    action: str
    repository: str
    branch: str
    pull_request: int | None
    sender: str
    status: DeliveryStatus
    reason: str
    attempts: int
    received_at: datetime
    done_at: datetime | None


class DeliveryMissing(msgspec.Struct, frozen=True, kw_only=True):
    """An event that GitHub could not deliver, in its own words."""

    guid: str
    app: str
    app_id: int
    event: str
    action: str
    status: str
    at: datetime


class Arrived(msgspec.Struct, frozen=True, kw_only=True):
    """What has come to an App: when the last event did, and how many of the last day's could not be acted on."""

    last_at: datetime
    failed: int


class Redelivery(msgspec.Struct, frozen=True, kw_only=True):
    """What follows: the kept event is acted on again, or GitHub sends it again."""

    guid: str
    is_sent_again: bool


class DeliveryUnknown(NotFound):
    """Neither this server nor GitHub has a delivery of that guid."""

    code = "github_delivery_not_found"


class DeliveryUnmoved(Conflict):
    """It waits already, or nothing would follow."""

    code = "github_delivery_unmoved"


class Deliveries(Protocol):
    """Those of the Apps that the asker manages, else ActionForbidden is raised."""

    async def list(
        self,
        principal: Principal,
        *,
        status: DeliveryStatus | None = None,
        event: str = "",
        before: int | None = None,
        limit: int = 50,
    ) -> list[DeliveryKept]:
        """The newest first, before the one of that id."""

    async def arrived(self, principal: Principal) -> Mapping[tuple[str, int], Arrived]:
        """How each App's events fare, by its GitHub's address and its number there."""

    async def missing(self, principal: Principal) -> list_of[DeliveryMissing]:
        """Ask GitHub what it could not deliver in the last days; of an App that is pulled nothing is missing.

        Raises GitHubUnavailable, CredentialsRefused.
        """

    async def redeliver(self, principal: Principal, guid: str) -> Redelivery:
        """Act on it again; what never arrived GitHub is asked to send. Raises DeliveryUnknown, DeliveryUnmoved, GitHubUnavailable."""
