"""GitHub: an *App* proves itself by its key, an *installation* of it opens repositories for an hour at a time.

The client alone: no table, and nothing of what is built. Every GitHub is one by its own two addresses.
"""

from thakur.github.accounts import LOGIN, TEAM_SLUG, Asking, account, team
from thakur.github.app import App
from thakur.github.commits import Blob, Check, Commits
from thakur.github.installed import Installed
from thakur.github.interface import (
    Account,
    AppFound,
    AppKey,
    AppKeyRefused,
    CredentialsRefused,
    Delivery,
    DeploymentState,
    GitHubUnavailable,
    GrantRefused,
    Head,
    Installation,
    InstallationToken,
    NotPermitted,
    NotThere,
    Organization,
    Repository,
    RepositoryPage,
    RequestRefused,
    SiteRefused,
    StatusState,
    TeamFound,
    UserFound,
    UserToken,
)
from thakur.github.making import AppMade, CodeUnusable, made_by
from thakur.github.oauth import OAuth
from thakur.github.pulls import End, PullRequest, PullRequests
from thakur.github.rest import Rest
from thakur.github.signing import check_key
from thakur.github.sites import FULL_NAME, GITHUB, Site, site_of
from thakur.github.tokens import Scope
from thakur.github.user import Bearer, User

__all__ = [
    "FULL_NAME",
    "GITHUB",
    "LOGIN",
    "TEAM_SLUG",
    "Account",
    "App",
    "AppFound",
    "AppKey",
    "AppKeyRefused",
    "AppMade",
    "Asking",
    "Bearer",
    "Blob",
    "Check",
    "CodeUnusable",
    "Commits",
    "CredentialsRefused",
    "Delivery",
    "DeploymentState",
    "End",
    "GitHubUnavailable",
    "GrantRefused",
    "Head",
    "Installation",
    "InstallationToken",
    "Installed",
    "NotPermitted",
    "NotThere",
    "OAuth",
    "Organization",
    "PullRequest",
    "PullRequests",
    "Repository",
    "RepositoryPage",
    "RequestRefused",
    "Rest",
    "Scope",
    "Site",
    "SiteRefused",
    "StatusState",
    "TeamFound",
    "User",
    "UserFound",
    "UserToken",
    "account",
    "check_key",
    "made_by",
    "site_of",
    "team",
]
