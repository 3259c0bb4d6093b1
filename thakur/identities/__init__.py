"""Identities: a user's account of a GitHub, known by GitHub's number and never by its login, and what acts for them there.

A *sign-in* goes to GitHub and comes back; an *allowance* says who of there may come in, and an *admission* that it let
somebody into a team, for as long as it does.
"""

from thakur.identities.interface import (
    Identities,
    Identity,
    IdentityNeeded,
    IdentityNotFound,
    SignInAgain,
)

__all__ = [
    "Identities",
    "Identity",
    "IdentityNeeded",
    "IdentityNotFound",
    "SignInAgain",
]
