"""Webhooks: a signed *delivery* becomes a row, the row a *look* at a branch, and the look a build when the branch has moved.

A delivery is a hint and no order: what is built is what GitHub's API says then, so that events may come late, twice or never.
"""

from thakur.webhooks.interface import (
    Arrived,
    Deliveries,
    DeliveryKept,
    DeliveryMissing,
    DeliveryStatus,
    DeliveryUnknown,
    DeliveryUnmoved,
    Redelivery,
)
from thakur.webhooks.previews.interface import (
    Preview,
    PreviewNotFound,
    PreviewRefused,
    Previews,
    PreviewsShown,
    PreviewStatus,
)

__all__ = [
    "Arrived",
    "Deliveries",
    "DeliveryKept",
    "DeliveryMissing",
    "DeliveryStatus",
    "DeliveryUnknown",
    "DeliveryUnmoved",
    "Preview",
    "PreviewNotFound",
    "PreviewRefused",
    "PreviewStatus",
    "Previews",
    "PreviewsShown",
    "Redelivery",
]
