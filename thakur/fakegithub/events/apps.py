"""An App's webhook has an address."""

from typing import Any

from thakur.fakegithub.people.shown import MADE_AT
from thakur.fakegithub.state import FakeApp

ZEN = "Half measures are as bad as nothing at all."


def ping_event(app: FakeApp, web_url: str) -> dict[str, Any]:
    """The first that it is sent."""
    hook = {
        "type": "App",
        "id": app.hook_id,
        "name": "web",
        "active": True,
        "events": app.events,
        "app_id": app.id,
        "config": {"content_type": "json", "insecure_ssl": "0", "secret": "********", "url": app.hook_url},
        "created_at": MADE_AT,
        "updated_at": MADE_AT,
        "deliveries_url": f"{web_url}/api/v3/app/hook/deliveries",
    }
    return {"zen": ZEN, "hook_id": app.hook_id, "hook": hook}
