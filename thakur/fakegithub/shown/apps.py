"""Apps and their installations as GitHub's JSON shows them."""

from typing import Any

from thakur.fakegithub.people.shown import MADE_AT, account_shown
from thakur.fakegithub.state import FakeApp, FakeInstallation


def app_shown(app: FakeApp, web_url: str) -> dict[str, Any]:
    """The App itself."""
    return {
        "id": app.id,
        "slug": app.slug,
        "name": app.name or app.slug,
        "client_id": app.client_id,
        "node_id": f"A_{app.id}",
        "owner": account_shown(app.owner, web_url),
        "description": app.description,
        "external_url": app.external_url or web_url,
        "html_url": f"{web_url}/apps/{app.slug}",
        "created_at": MADE_AT,
        "updated_at": MADE_AT,
        "permissions": app.permissions,
        "events": app.events,
    }


def installation_shown(installation: FakeInstallation, web_url: str) -> dict[str, Any]:
    """An App on an account."""
    app = installation.app
    api_url = f"{web_url}/api/v3"
    return {
        "id": installation.id,
        "account": account_shown(installation.account, web_url),
        "app_id": app.id,
        "app_slug": app.slug,
        "client_id": app.client_id,
        "target_id": installation.account.id,
        "target_type": installation.account.kind,
        "repository_selection": "all" if installation.has_all else "selected",
        "permissions": installation.permissions,
        "events": app.events,
        "access_tokens_url": f"{api_url}/app/installations/{installation.id}/access_tokens",
        "repositories_url": f"{api_url}/installation/repositories",
        "html_url": f"{web_url}/settings/installations/{installation.id}",
        "created_at": MADE_AT,
        "updated_at": MADE_AT,
        "single_file_name": None,
        "has_multiple_single_files": False,
        "single_file_paths": [],
        "suspended_at": MADE_AT if installation.is_suspended else None,
        "suspended_by": account_shown(installation.account, web_url) if installation.is_suspended else None,
    }
