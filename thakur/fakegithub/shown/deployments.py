"""Deployments as GitHub's JSON shows them."""

from typing import Any

from thakur.fakegithub.people.shown import MADE_AT
from thakur.fakegithub.shown.repositories import repository_url
from thakur.fakegithub.state import FakeRepository

KEPT = ("id", "sha", "ref", "task", "payload", "environment", "description", "creator")


def deployment_shown(repository: FakeRepository, made: dict[str, Any], web_url: str) -> dict[str, Any]:
    """As the API has it."""
    place = repository_url(repository, web_url)
    return {name: made[name] for name in KEPT} | {
        "node_id": f"DE_{made['id']}",
        "url": f"{place}/deployments/{made['id']}",
        "statuses_url": f"{place}/deployments/{made['id']}/statuses",
        "repository_url": place,
        "original_environment": made["environment"],
        "transient_environment": made["is_transient"],
        "production_environment": made["is_production"],
        "created_at": MADE_AT,
        "updated_at": MADE_AT,
        "performed_via_github_app": None,
    }


def deployment_status_shown(
    repository: FakeRepository, made: dict[str, Any], said: dict[str, Any], web_url: str
) -> dict[str, Any]:
    """As the API has it."""
    place = repository_url(repository, web_url)
    url = f"{place}/deployments/{made['id']}"
    return {
        "id": said["id"],
        "node_id": f"DES_{said['id']}",
        "state": said["state"],
        "creator": said["creator"],
        "description": said.get("description") or "",
        "environment": said.get("environment") or made["environment"],
        "target_url": said.get("target_url") or said.get("log_url") or "",
        "log_url": said.get("log_url") or said.get("target_url") or "",
        "environment_url": said.get("environment_url") or "",
        "url": f"{url}/statuses/{said['id']}",
        "deployment_url": url,
        "repository_url": place,
        "created_at": MADE_AT,
        "updated_at": MADE_AT,
        "performed_via_github_app": None,
    }
