"""Apps, installations, repositories and people as GitHub's JSON shows them."""

from typing import Any

from thakur.fakegithub.people.shown import MADE_AT, account_shown
from thakur.fakegithub.state import FakeApp, FakeInstallation, FakeRepository


def app_shown(app: FakeApp, web_url: str) -> dict[str, Any]:
    return {
        "id": app.id,
        "slug": app.slug,
        "name": app.name or app.slug,
        "client_id": app.client_id,
        "node_id": "A_1",
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
    app = installation.app
    return {
        "id": installation.id,
        "account": account_shown(installation.account, web_url),
        "app_id": app.id,
        "app_slug": app.slug,
        "client_id": app.client_id,
        "target_id": installation.account.id,
        "target_type": installation.account.kind,
        "repository_selection": "selected",
        "permissions": app.permissions,
        "events": app.events,
        "html_url": f"{web_url}/settings/installations/{installation.id}",
        "created_at": MADE_AT,
        "updated_at": MADE_AT,
        "single_file_name": None,
        "suspended_at": MADE_AT if installation.is_suspended else None,
        "suspended_by": None,
    }


def repository_shown(repository: FakeRepository, web_url: str) -> dict[str, Any]:
    return {
        "id": repository.id,
        "node_id": "R_1",
        "name": repository.name,
        "full_name": repository.full_name,
        "private": repository.is_private,
        "owner": account_shown(repository.account, web_url),
        "html_url": f"{web_url}/{repository.full_name}",
        "clone_url": f"{web_url}/{repository.full_name}.git",
        "url": f"{web_url}/api/v3/repos/{repository.full_name}",
        "default_branch": repository.default_branch,
        "fork": False,
        "archived": False,
        "disabled": False,
        "visibility": "private" if repository.is_private else "public",
        "created_at": MADE_AT,
        "updated_at": MADE_AT,
        "pushed_at": MADE_AT,
    }
