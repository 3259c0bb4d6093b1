"""Installations: a team's GitHub *Apps*, the *connection* of a project to a repository, *reports* to GitHub.

A project follows *tracks* of its repository, each into an environment: a *look* asks which commit one is at. A build is
*lent* a token for the one repository.
"""

from thakur.installations.comment import Comment, Comments
from thakur.installations.filters import FilterRefused, Filters, Held, NotFollowing, NothingHeld, any_is_meant
from thakur.installations.interface import (
    AppAsked,
    AppRefused,
    Apps,
    AppUnknown,
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
from thakur.installations.permissions import Permission
from thakur.installations.registering.interface import (
    InstallationRefused,
    Registered,
    Registration,
    RegistrationAsked,
    Registrations,
    StateRefused,
    Viewer,
)
from thakur.installations.registering.reach import PULL_HOOK_URL
from thakur.installations.rules import PreviewRuleRefused, PreviewRules
from thakur.installations.survey import Survey, Surveys
from thakur.installations.track import Begun, Look, NotWaiting, Seen, Track, Tracks
from thakur.installations.upkeep.interface import AddressMissing, AppAmbiguous, Upkeep

__all__ = [
    "PULL_HOOK_URL",
    "AddressMissing",
    "AppAmbiguous",
    "AppAsked",
    "AppGone",
    "AppRefused",
    "AppUnknown",
    "Apps",
    "Begun",
    "Clients",
    "Comment",
    "Comments",
    "Connection",
    "Connections",
    "FilterRefused",
    "Filters",
    "Found",
    "GitHubApp",
    "Guard",
    "Held",
    "InstallationRefused",
    "InstalledOn",
    "Lender",
    "Look",
    "NotFollowing",
    "NotWaiting",
    "NothingHeld",
    "Permission",
    "PreviewRuleRefused",
    "PreviewRules",
    "Registered",
    "Registration",
    "RegistrationAsked",
    "Registrations",
    "Report",
    "Reports",
    "RepositoryShut",
    "RepositoryUnknown",
    "Seen",
    "SignInApp",
    "SignInApps",
    "StateRefused",
    "Survey",
    "Surveys",
    "Track",
    "Tracks",
    "Upkeep",
    "Viewer",
    "WebhookSecret",
    "any_is_meant",
]
