"""Installations: a team's GitHub *Apps*, the *connection* of a project to a repository, *reports* to GitHub.

A project follows *tracks* of its repository, each into an environment: a *look* asks which commit one is at. A build is
*lent* a token for the one repository.
"""

from thakur.installations.filters import FilterRefused, Filters, Held, NotFollowing, NothingHeld, any_is_meant
from thakur.installations.interface import (
    AppAsked,
    AppRefused,
    Apps,
    Clients,
    Connection,
    Connections,
    Found,
    GitHubApp,
    Guard,
    InstalledOn,
    Lender,
    Report,
    Reports,
    RepositoryShut,
    RepositoryUnknown,
    WebhookSecret,
)
from thakur.installations.people import AppGone, SignInApp, SignInApps
from thakur.installations.track import Look, Seen, Track, Tracks

__all__ = [
    "AppAsked",
    "AppGone",
    "AppRefused",
    "Apps",
    "Clients",
    "Connection",
    "Connections",
    "FilterRefused",
    "Filters",
    "Found",
    "GitHubApp",
    "Guard",
    "Held",
    "InstalledOn",
    "Lender",
    "Look",
    "NotFollowing",
    "NothingHeld",
    "Report",
    "Reports",
    "RepositoryShut",
    "RepositoryUnknown",
    "Seen",
    "SignInApp",
    "SignInApps",
    "Track",
    "Tracks",
    "WebhookSecret",
    "any_is_meant",
]
