"""Webhooks of the stand-in: signed, delivered once, kept in a log, and sent again when that is asked."""

import asyncio
import json
import random
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

import aiohttp

from thakur.background import Tasks
from thakur.fakegithub.door.mischief import Mischief, half
from thakur.fakegithub.signing import signed_headers
from thakur.fakegithub.state import FakeApp, FakeInstallation, FakeRepository, State

ANSWER_SECONDS = 10.0


@dataclass(eq=False)
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
    headers: dict[str, str] = field(default_factory=dict)
    answer: str = ""
    answer_headers: dict[str, str] = field(default_factory=dict)
    delivered_at: datetime = field(default_factory=lambda: datetime.now(UTC))
    duration_seconds: float = 0.0

    @property
    def is_done(self) -> bool:
        """Whether anything is known of how it ended."""
        return self.status != "pending"

    def shown(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "guid": self.guid,
            "delivered_at": f"{self.delivered_at:%Y-%m-%dT%H:%M:%S.%fZ}",
            "redelivery": self.is_again,
            "duration": round(self.duration_seconds, 2),
            "status": self.status,
            "status_code": self.status_code,
            "event": self.event,
            "action": self.payload.get("action"),
            "installation_id": (self.payload.get("installation") or {}).get("id"),
            "repository_id": (self.payload.get("repository") or {}).get("id"),
            "throttled_at": None,
        }


class Hooks:
    """Delivers to each App that is installed where something happened. While `is_cut`, everything is lost on the way.

    `watch` is told of every event that is sent.
    """

    def __init__(self, state: State) -> None:
        self.log: list[FakeDelivery] = []
        self.is_cut = False
        self.mischief = Mischief()
        self.watch: Callable[[str, dict[str, Any]], None] | None = None
        self._held: list[FakeDelivery] | None = None
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

    def hold(self) -> None:
        """From now on nothing is sent, until it is let go."""
        self._held = self._held or []

    def release(self, seed: int = 0) -> None:
        """Send what was held, in an order of its own."""
        held, self._held = self._held or [], None
        random.Random(seed).shuffle(held)  # noqa: S311  (an order, no secret)
        for each in held:
            self._tasks.spawn(self._deliver(each), f"deliver {each.event}")

    async def stop(self) -> None:
        await self._tasks.stop()
        if self._session is not None:
            await self._session.close()

    def _send(self, delivery: FakeDelivery) -> None:
        if self.watch is not None:
            self.watch(delivery.event, delivery.payload)
        if self.mischief.dropped > 0:
            self.mischief.dropped -= 1
            return
        self.log.append(delivery)
        if self._held is not None:
            self._held += [delivery] * self.mischief.copies
            return
        for _ in range(self.mischief.copies):
            self._tasks.spawn(self._deliver(delivery), f"deliver {delivery.event}")

    async def _deliver(self, delivery: FakeDelivery) -> None:
        if self.mischief.delay_seconds:
            await asyncio.sleep(self.mischief.delay_seconds)
        delivery.delivered_at = self._state.now()
        began = asyncio.get_running_loop().time()
        body = json.dumps(delivery.payload).encode()
        delivery.headers = self._headers(delivery, body)
        if self.is_cut or not delivery.app.hook_url:
            delivery.status, delivery.status_code = "failed to connect to host", 502
            return
        if self._session is None:
            self._session = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=ANSWER_SECONDS))
        try:
            await self._post(self._session, delivery, body)
        except (aiohttp.ClientError, OSError):
            delivery.status, delivery.status_code = "failed to connect to host", 502
        except TimeoutError:
            delivery.status, delivery.status_code = "timed out", 504
        delivery.duration_seconds = asyncio.get_running_loop().time() - began

    async def _post(self, session: aiohttp.ClientSession, delivery: FakeDelivery, body: bytes) -> None:
        headers = dict(delivery.headers)
        sent: Any = body
        if self.mischief.cut > 0:
            self.mischief.cut -= 1
            headers["Content-Length"], sent = str(len(body)), half(body)
        async with session.post(delivery.app.hook_url, data=sent, headers=headers) as answer:
            delivery.answer = (await answer.read()).decode(errors="replace")
            delivery.answer_headers = dict(answer.headers)
            delivery.status_code = answer.status
            delivery.status = "OK" if answer.status < 300 else f"Invalid HTTP Response: {answer.status}"

    def _headers(self, delivery: FakeDelivery, body: bytes) -> dict[str, str]:
        app = delivery.app
        headers = signed_headers(app, delivery.event, delivery.guid, body, self.mischief.secret)
        if self.mischief.enterprise_version:
            headers["X-GitHub-Enterprise-Version"] = self.mischief.enterprise_version
            headers["X-GitHub-Enterprise-Host"] = urlsplit(app.hook_url).netloc
        return headers
