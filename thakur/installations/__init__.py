"""Installations: a team's GitHub *Apps*, the *connection* of a project to a repository, *reports* to GitHub.

A build is *lent* a token for its one repository; a *look* asks which commit a branch is at.
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
    Look,
    Report,
    Reports,
    RepositoryShut,
    RepositoryUnknown,
    WebhookSecret,
)

__all__ = [
    "AppAsked",
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
    "WebhookSecret",
]
