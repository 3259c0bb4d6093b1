"""Visits: where a request comes from, who is asking by token or cookie, and whether a page of ours has asked.

An *entrance* is what a listener knows of everybody who comes in by it; an *arrival* is one request's own facts.
"""

from thakur.api.visits.arrival import Arrival, Entrance, arrival_of
from thakur.api.visits.headers import Headers
from thakur.api.visits.same_origin import SameOrigin
from thakur.api.visits.visitors import Visitors, arrival_in, csrf_token_in, masked

__all__ = [
    "Arrival",
    "Entrance",
    "Headers",
    "SameOrigin",
    "Visitors",
    "arrival_in",
    "arrival_of",
    "csrf_token_in",
    "masked",
]
