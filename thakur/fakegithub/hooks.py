"""Webhooks of the stand-in: signed, delivered once, kept in a log, and sent again when that is asked."""

import hashlib
import hmac
import json
import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import aiohttp

from thakur.background import Tasks
from thakur.fakegithub.state import FakeApp, FakeInstallation, FakeRepository, State

ANSWER_SECONDS = 10.0


@dataclass
class FakeDelivery:
    """One attempt; those of one event share the guid."""

    id: int
    app: FakeApp
    guid: str
    event: str
    payload: dict[str, Any]
    is_again: bool = False
    status: str = "pending"
    status_code: int = 0
    answer: str = ""
    delivered_at: datetime = field(default_factory=lambda: datetime.now(UTC))

    def shown(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "guid": self.guid,
            "delivered_at": f"{self.delivered_at:%Y-%m-%dT%H:%M:%S.%fZ}",
            "redelivery": self.is_again,
            "duration": 0.1,
            "status": self.status,
            "status_code": self.status_code,
            "event": self.event,
            "action": self.payload.get("action"),
            "installation_id": (self.payload.get("installation") or {}).get("id"),
            "repository_id": (self.payload.get("repository") or {}).get("id"),
            "throttled_at": None,
        }


class Hooks:
    """Delivers to each App that is installed where something happened. While `is_cut`, everything is lost on the way."""

    def __init__(self, state: State) -> None:
        self.log: list[FakeDelivery] = []
        self.is_cut = False
        self._state = state
        self._tasks = Tasks()
        self._session: aiohttp.ClientSession | None = None

    def happened(
        self, repository: FakeRepository, event: str, payload: dict[str, Any], only: FakeApp | None = None
    ) -> None:
        """Tell every App that is installed on the repository, or only this one; all of them by the same guid."""
        guid = str(uuid.uuid4())
        for each in self._state.installations.values():
            is_told = event in each.app.events or each.app is only
            if repository.id in each.repository_ids and not each.is_suspended and is_told:
                if only not in (None, each.app):
                    continue
                told = payload | {"installation": {"id": each.id, "node_id": "I_1"}}
                self._send(FakeDelivery(self._state.new_id(), each.app, guid, event, told))

    def of_installation(self, installation: FakeInstallation, event: str, payload: dict[str, Any]) -> None:
        """Tell its App; nobody subscribes to this."""
        self.to_app(installation.app, event, payload)

    def to_app(self, app: FakeApp, event: str, payload: dict[str, Any]) -> None:
        self._send(FakeDelivery(self._state.new_id(), app, str(uuid.uuid4()), event, payload))

    def again(self, before: FakeDelivery) -> None:
        """Send it once more, by the same guid."""
        again = FakeDelivery(self._state.new_id(), before.app, before.guid, before.event, before.payload, is_again=True)
        self._send(again)

    async def stop(self) -> None:
        await self._tasks.stop()
        if self._session is not None:
            await self._session.close()

    def _send(self, delivery: FakeDelivery) -> None:
        self.log.append(delivery)
        self._tasks.spawn(self._deliver(delivery), f"deliver {delivery.event}")

    async def _deliver(self, delivery: FakeDelivery) -> None:
        if self.is_cut:
            delivery.status, delivery.status_code = "failed to connect to host", 502
            return
        body = json.dumps(delivery.payload).encode()
        headers = signed_headers(delivery.app, delivery.event, delivery.guid, body)
        if self._session is None:
            self._session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=ANSWER_SECONDS))
        try:
            async with self._session.post(delivery.app.hook_url, data=body, headers=headers) as answer:
                delivery.answer = (await answer.read()).decode(errors="replace")
                delivery.status_code = answer.status
                delivery.status = "OK" if answer.status < 300 else f"Invalid HTTP Response: {answer.status}"
        except (aiohttp.ClientError, OSError):
            delivery.status, delivery.status_code = "failed to connect to host", 502
        except TimeoutError:
            delivery.status, delivery.status_code = "timed out", 504


def signed_headers(app: FakeApp, event: str, guid: str, body: bytes) -> dict[str, str]:
    """What GitHub sends beside a body."""
    digest = hmac.new(app.webhook_secret.encode(), body, hashlib.sha256).hexdigest()
    return {
        "Content-Type": "application/json",
        "User-Agent": "GitHub-Hookshot/0000000",
        "X-GitHub-Delivery": guid,
        "X-GitHub-Event": event,
        "X-GitHub-Hook-Installation-Target-ID": str(app.id),
        "X-GitHub-Hook-Installation-Target-Type": "integration",
        "X-Hub-Signature-256": f"sha256={digest}",
    }
