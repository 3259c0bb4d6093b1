"""Installations: a team's GitHub *Apps*, the *connection* of a project to a repository, *reports* to GitHub.

A project follows *tracks* of its repository, each into an environment: a *look* asks which commit one is at. A build is
*lent* a token for the one repository.
"""

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
from thakur.installations.track import Look, Track, Tracks

__all__ = [
    "AppAsked",
    "AppGone",
    "AppRefused",
    "Apps",
    "Clients",
    "Connection",
    "Connections",
    "Found",
    "GitHubApp",
    "Guard",
    "InstalledOn",
    "Lender",
    "Look",
    "Report",
    "Reports",
    "RepositoryShut",
    "RepositoryUnknown",
    "SignInApp",
    "SignInApps",
    "Track",
    "Tracks",
    "WebhookSecret",
]
