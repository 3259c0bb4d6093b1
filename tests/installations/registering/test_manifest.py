"""What a manifest asks of GitHub."""

import pytest

from thakur.installations.registering.manifest import manifest

BASE = "https://deploy.example.org"


def test_an_app_asks_for_no_more_than_is_needed_and_is_nobody_elses() -> None:
    made = manifest(BASE, f"{BASE}/webhooks/github", "")

    assert made["default_permissions"] == {
        "metadata": "read",
        "contents": "read",
        "statuses": "write",
        "deployments": "write",
        "pull_requests": "write",
        "checks": "read",
    }
    assert {"push", "pull_request", "create", "delete", "repository"} <= set(made["default_events"])
    assert made["public"] is False
    assert manifest(BASE, "", "acme")["default_permissions"]["members"] == "read"


def test_it_leads_back_to_the_dashboard_alone() -> None:
    made = manifest(BASE, f"{BASE}/webhooks/github", "")

    assert made["hook_attributes"] == {"url": f"{BASE}/webhooks/github", "active": True}
    assert made["redirect_url"] == f"{BASE}/installations/callback"
    assert made["setup_url"] == f"{BASE}/installations/setup"
    assert made["callback_urls"] == [f"{BASE}/login/github/callback"]
    assert made["url"] == BASE


@pytest.mark.parametrize(
    ("base_url", "name"),
    [
        (BASE, "Thakur deploy.example.org"),
        (f"https://{'a' * 60}.example.org", f"Thakur {'a' * 27}"),
    ],
)
def test_it_is_called_after_the_host(base_url, name) -> None:
    assert manifest(base_url, "", "")["name"] == name


@pytest.mark.parametrize("base_url", ["http://127.0.0.1:8000", "http://localhost:8000", "http://[::1]:8000"])
def test_where_the_host_has_no_name_of_its_own_the_app_still_has_one(base_url) -> None:
    first, second = (manifest(base_url, "", "")["name"] for _ in range(2))

    assert first != second
