"""People: the Apps by which they sign in, and what asks through an App as one of them."""

from thakur.installations.people.interface import AppGone, SignInApp, SignInApps

__all__ = ["AppGone", "SignInApp", "SignInApps"]
