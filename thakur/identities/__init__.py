"""Identities: a user's account of a GitHub, known by GitHub's number and never by its login, and what acts for them there.

A *sign-in* goes to GitHub and comes back; an *allowance* says who of there may come in, and an *admission* that it let
somebody into a team, for as long as it does.
"""

from thakur.identities.allowing import Allowance, AllowanceKind, AllowanceNotFound, AllowanceRefused, Allowances
from thakur.identities.browsing import AccountSeen, Browser, RepositorySeen, Seen, SignInNeeded
from thakur.identities.interface import (
    Identities,
    Identity,
    IdentityNeeded,
    IdentityNotFound,
    SignInAgain,
)
from thakur.identities.signing import (
    SIGN_IN_LIFE,
    AppMisfit,
    Begun,
    Completed,
    IdentityTaken,
    NotAllowed,
    Refusal,
    Returned,
    SignInCancelled,
    SignIns,
    SignInUnusable,
)

__all__ = [
    "SIGN_IN_LIFE",
    "AccountSeen",
    "Allowance",
    "AllowanceKind",
    "AllowanceNotFound",
    "AllowanceRefused",
    "Allowances",
    "AppMisfit",
    "Begun",
    "Browser",
    "Completed",
    "Identities",
    "Identity",
    "IdentityNeeded",
    "IdentityNotFound",
    "IdentityTaken",
    "NotAllowed",
    "Refusal",
    "RepositorySeen",
    "Returned",
    "Seen",
    "SignInAgain",
    "SignInCancelled",
    "SignInNeeded",
    "SignInUnusable",
    "SignIns",
]
