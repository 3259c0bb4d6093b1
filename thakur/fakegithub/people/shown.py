"""People as GitHub's JSON shows them."""

from datetime import UTC, datetime
from typing import Any

from thakur.fakegithub.people.accounts import FakeAccount, FakeOrganization, FakeTeam, FakeUser, Membership

# All that a stand-in has began with it, as far as nothing says otherwise.
MADE_AT = f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"
_LINKS = {
    "followers_url": "/followers",
    "following_url": "/following{/other_user}",
    "gists_url": "/gists{/gist_id}",
    "starred_url": "/starred{/owner}{/repo}",
    "subscriptions_url": "/subscriptions",
    "organizations_url": "/orgs",
    "repos_url": "/repos",
    "events_url": "/events{/privacy}",
    "received_events_url": "/received_events",
}


def account_shown(account: FakeAccount, web_url: str) -> dict[str, Any]:
    """The short form, as in everything that has an owner or a sender."""
    return _shown(account.login, account.id, account.kind, web_url)


def bot_shown(slug: str, app_id: int, web_url: str) -> dict[str, Any]:
    """An App as the author of what it has written."""
    return _shown(f"{slug}[bot]", app_id + 1_000_000, "Bot", web_url) | {"html_url": f"{web_url}/apps/{slug}"}


def _shown(login: str, account_id: int, kind: str, web_url: str) -> dict[str, Any]:
    url = f"{web_url}/api/v3/users/{login.replace('[', '%5B').replace(']', '%5D')}"
    return {
        "login": login,
        "id": account_id,
        "node_id": f"U_{account_id}",
        "avatar_url": f"{web_url}/avatars/u/{account_id}",
        "gravatar_id": "",
        "url": url,
        "html_url": f"{web_url}/{login}",
        **{name: f"{url}{rest}" for name, rest in _LINKS.items()},
        "type": kind,
        "site_admin": False,
        "user_view_type": "public",
    }


def profile_shown(account: FakeAccount, web_url: str) -> dict[str, Any]:
    """The long form, as /user gives it to an App's user token: without what is private."""
    has_email = isinstance(account, FakeUser) and account.has_public_email
    return account_shown(account, web_url) | {
        "name": account.name,
        "company": None,
        "blog": "",
        "location": None,
        "email": account.email if has_email else None,
        "hireable": None,
        "bio": None,
        "twitter_username": None,
        "public_repos": 0,
        "public_gists": 0,
        "followers": 0,
        "following": 0,
        "created_at": MADE_AT,
        "updated_at": MADE_AT,
    }


def organization_shown(organization: FakeOrganization, web_url: str) -> dict[str, Any]:
    url = f"{web_url}/api/v3/orgs/{organization.login}"
    return {
        "login": organization.login,
        "id": organization.id,
        "node_id": f"O_{organization.id}",
        "url": url,
        "repos_url": f"{url}/repos",
        "events_url": f"{url}/events",
        "hooks_url": f"{url}/hooks",
        "issues_url": f"{url}/issues",
        "members_url": f"{url}/members{{/member}}",
        "public_members_url": f"{url}/public_members{{/member}}",
        "avatar_url": f"{web_url}/avatars/u/{organization.id}",
        "description": "",
    }


def membership_shown(
    organization: FakeOrganization, user: FakeUser, membership: Membership, web_url: str
) -> dict[str, Any]:
    url = f"{web_url}/api/v3/orgs/{organization.login}"
    return {
        "url": f"{url}/memberships/{user.login}",
        "state": membership.state,
        "role": membership.role,
        "direct_membership": True,
        "organization_url": url,
        "organization": organization_shown(organization, web_url),
        "user": account_shown(user, web_url),
    }


def team_shown(organization: FakeOrganization, team: FakeTeam, web_url: str) -> dict[str, Any]:
    url = f"{web_url}/api/v3/organizations/{organization.id}/team/{team.id}"
    return {
        "id": team.id,
        "node_id": f"T_{team.id}",
        "name": team.name,
        "slug": team.slug,
        "description": None,
        "privacy": "closed",
        "notification_setting": "notifications_enabled",
        "permission": "pull",
        "url": url,
        "html_url": f"{web_url}/orgs/{organization.login}/teams/{team.slug}",
        "members_url": f"{url}/members{{/member}}",
        "repositories_url": f"{url}/repos",
        "type": "organization",
        "organization_id": organization.id,
        "parent": None,
        "members_count": len(team.members),
        "repos_count": len(team.roles),
        "created_at": MADE_AT,
        "updated_at": MADE_AT,
        "organization": organization_in_full(organization, web_url),
    }


def organization_in_full(organization: FakeOrganization, web_url: str) -> dict[str, Any]:
    """The long form."""
    profile = {
        "name": organization.name or organization.login,
        "has_organization_projects": True,
        "has_repository_projects": True,
        "public_repos": 0,
        "public_gists": 0,
        "followers": 0,
        "following": 0,
        "created_at": MADE_AT,
        "updated_at": MADE_AT,
        "archived_at": None,
    }
    return account_shown(organization, web_url) | organization_shown(organization, web_url) | profile
