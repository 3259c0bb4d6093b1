"""Signing in: to GitHub, back, and in, if a list or somebody here lets the person."""

from thakur.identities.signing.interface import (
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
    "AppMisfit",
    "Begun",
    "Completed",
    "IdentityTaken",
    "NotAllowed",
    "Refusal",
    "Returned",
    "SignInCancelled",
    "SignInUnusable",
    "SignIns",
]
