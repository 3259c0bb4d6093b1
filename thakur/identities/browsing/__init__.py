"""Browsing: the repositories that somebody may make a project of, seen with their own eyes on GitHub."""

from thakur.identities.browsing.interface import AccountSeen, Browser, RepositorySeen, Seen, SignInNeeded

__all__ = ["AccountSeen", "Browser", "RepositorySeen", "Seen", "SignInNeeded"]
