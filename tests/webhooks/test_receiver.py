"""What strangers send to the address of webhooks, and what GitHub does."""

import asyncio
import hashlib
import hmac
import json
import tracemalloc
from typing import Any

import pytest

from thakur.db import DatabaseUnavailable
from thakur.installations import WebhookSecret
from thakur.webhooks.receiver import BODY_BYTES, PATH, Receiver

SHOP, BLOG = b"secret of the app of the shop", b"secret of the app of the blog"
PUSH = json.dumps({"ref": "refs/heads/main", "repository": {"id": 7}}).encode()


class Apps:
    def __init__(self) -> None:
        self.known = [WebhookSecret(1, 100, SHOP), WebhookSecret(2, 200, BLOG)]

    async def secrets(self) -> list[WebhookSecret]:
        return self.known


class Rows:
    def __init__(self) -> None:
        self.kept: list[tuple[int, str, str]] = []
        self.ignored: list[tuple[int, str, Any]] = []
        self.is_away = self.is_slow = False

    async def accept(self, app: int, guid: str, event: Any) -> bool:
        if self.is_slow:
            await asyncio.Event().wait()
        if self.is_away:
            raise DatabaseUnavailable("away")
        if (app, guid) in [each[:2] for each in self.kept]:
            return False
        self.kept.append((app, guid, event.name))
        return True

    async def ignore(self, app: int, guid: str, event: Any) -> None:
        self.ignored.append((app, guid, event))


class House:
    def __init__(self) -> None:
        self.apps, self.rows, self.read_bytes = Apps(), Rows(), 0

        async def elsewhere(scope, receive, send):
            await send({"type": "http.response.start", "status": 418, "headers": []})

        self.receiver = Receiver(elsewhere, self.apps, self.rows)

    async def send(
        self,
        body: bytes = PUSH,
        secret: bytes = SHOP,
        method: str = "POST",
        path: str = PATH,
        chunks=None,
        **changed: Any,
    ) -> int:
        """The status of the answer; a header that is None is not sent, of a list each is."""
        digest = hmac.new(secret, body, hashlib.sha256).hexdigest()
        headers = {
            "content-type": "application/json",
            "content-length": str(len(body)),
            "x-github-event": "push",
            "x-github-delivery": "guid-1",
            "x-hub-signature-256": f"sha256={digest}",
        } | {name.replace("_", "-"): value for name, value in changed.items()}
        pairs = [
            (name.encode(), text if isinstance(text, bytes) else text.encode())
            for name, value in headers.items()
            if value is not None
            for text in (value if isinstance(value, list) else [value])
        ]
        coming = iter(chunks if chunks is not None else [body])
        statuses: list[int] = []

        async def receive():
            await asyncio.sleep(0)
            chunk = next(coming, None)
            self.read_bytes += len(chunk or b"")
            return {"type": "http.request", "body": chunk or b"", "more_body": chunk is not None}

        async def send(message):
            if message["type"] == "http.response.start":
                statuses.append(message["status"])

        await self.receiver({"type": "http", "method": method, "path": path, "headers": pairs}, receive, send)
        return statuses[0]


@pytest.fixture
def house() -> House:
    return House()


async def test_a_signed_event_is_kept_and_accepted_and_the_same_again_is_not_kept(house) -> None:
    assert await house.send() == 202
    assert await asyncio.gather(*(house.send() for _ in range(4))) == [200] * 4
    assert await house.send(secret=BLOG) == 202, "another App is given the same guid"
    assert house.rows.kept == [(1, "guid-1", "push"), (2, "guid-1", "push")]


@pytest.mark.parametrize(
    "changed",
    [
        {"secret": b"somebody else's"},
        {"x_hub_signature_256": None},
        {"x_hub_signature_256": None, "x_hub_signature": "sha1=" + "0" * 40},
        {"x_hub_signature_256": "sha256=" + "A" * 64},
        {"x_hub_signature_256": "0" * 64},
        {"x_hub_signature_256": "sha256=é".encode()},
        {"x_hub_signature_256": ["sha256=" + "0" * 64] * 2},
        # The App that the header names is another than the one whose secret it is.
        {"secret": BLOG, "x_github_hook_installation_target_id": "100"},
    ],
)
async def test_what_no_app_of_this_server_has_signed_is_refused(house, changed) -> None:
    assert await house.send(**changed) == 401
    assert house.rows.kept == []


async def test_a_signature_of_no_form_is_refused_before_the_body_is_read(house) -> None:
    assert await house.send(x_hub_signature_256="sha1=0", chunks=[b"x" * 1000]) == 401
    assert await house.send(content_length=str(BODY_BYTES + 1)) == 413
    assert house.read_bytes == 0


async def test_an_old_secret_counts_for_its_time_and_a_new_one_at_once(house, monkeypatch) -> None:
    assert await house.send(x_github_delivery="a") == 202
    house.apps.known = [WebhookSecret(1, 100, b"a new one"), WebhookSecret(1, 100, SHOP)]
    monkeypatch.setattr("thakur.webhooks.receiver.AGAIN_SECONDS", 0)
    assert await house.send(secret=b"a new one", x_github_delivery="b") == 202
    assert await house.send(x_github_delivery="c") == 202
    house.apps.known = [WebhookSecret(1, 100, b"a new one")]
    monkeypatch.setattr("thakur.webhooks.receiver.SECRETS_SECONDS", 0)
    assert await house.send(x_github_delivery="d") == 401


@pytest.mark.parametrize(
    ("status", "changed"),
    [
        (405, {"method": "GET"}),
        (415, {"content_type": "application/x-www-form-urlencoded"}),
        (415, {"content_encoding": "gzip"}),
        (400, {"x_github_event": None}),
        (400, {"x_github_event": ""}),
        (400, {"x_github_event": "x" * 65}),
        (400, {"x_github_event": "Push"}),
        (400, {"x_github_delivery": None}),
        (400, {"x_github_delivery": "a b"}),
        (413, {"content_length": "many"}),
        (400, {"body": b"{"}),
        (400, {"body": b"[]"}),
        (400, {"body": b'{"repository": null}'}),
        (202, {"x_github_event": "star"}),
        (202, {"x_github_event": "projects_v2_item"}),
        (202, {"x_github_event": "repository", "body": b'{"action": "starred", "repository": {"id": 7}}'}),
        (418, {"path": "/webhooks/github/more"}),
        (418, {"path": "/"}),
    ],
)
async def test_what_is_no_event_of_ours_is_refused_or_only_noted(house, status, changed) -> None:
    assert await house.send(**changed) == status
    assert house.rows.kept == []
    assert len(house.rows.ignored) == (status == 202)


async def test_a_body_without_an_end_is_cut_off_in_little_memory(house) -> None:
    tracemalloc.start()
    try:
        status = await house.send(content_length=None, chunks=(b"x" * 65536 for _ in range(1_000_000)))
        _, most_bytes = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert status == 413
    assert house.read_bytes < BODY_BYTES + 2 * 65536
    assert most_bytes < 40 * 1024**2


async def test_a_body_longer_than_announced_is_refused_and_one_of_almost_25_mb_is_taken(house) -> None:
    assert await house.send(content_length="10") == 413
    big = b'{"ref": "refs/heads/main", "repository": {"id": 7}, "commits": "' + b"x" * (24 * 1024 * 1024) + b'"}'
    assert await house.send(big) == 202


async def test_while_one_sends_25_mb_others_are_answered(house) -> None:
    big = b'{"ref": "refs/heads/main", "repository": {"id": 7}, "commits": "' + b"x" * (24 * 1024 * 1024) + b'"}'
    order: list[str] = []

    async def send(name: str, body: bytes, guid: str) -> None:
        assert await house.send(body, x_github_delivery=guid, chunks=slowly(body)) == 202
        order.append(name)

    def slowly(body: bytes):
        return (body[start : start + 65536] for start in range(0, len(body), 65536))

    await asyncio.gather(send("large", big, "large"), *(send("small", PUSH, f"small-{each}") for each in range(5)))

    assert order == ["small"] * 5 + ["large"]


async def test_a_client_that_says_nothing_more_is_sent_away(house, monkeypatch) -> None:
    monkeypatch.setattr("thakur.webhooks.receiver.BODY_SECONDS", 0.01)
    statuses = []

    async def never():
        await asyncio.Event().wait()

    async def send(message):
        statuses.append(message.get("status"))

    headers = [
        (b"x-hub-signature-256", b"sha256=" + b"0" * 64),
        (b"content-type", b"application/json"),
        (b"x-github-event", b"push"),
        (b"x-github-delivery", b"guid"),
    ]
    await house.receiver({"type": "http", "method": "POST", "path": PATH, "headers": headers}, never, send)
    assert statuses[0] == 408


async def test_what_cannot_be_kept_is_said_to_have_failed_so_that_it_comes_again(house) -> None:
    house.rows.is_away = True
    assert await house.send() == 503
    house.rows.is_away = False
    assert await house.send() == 202


async def test_a_database_that_takes_too_long_is_not_waited_for_until_github_gives_up(house, monkeypatch) -> None:
    monkeypatch.setattr("thakur.webhooks.receiver.KEEP_SECONDS", 0.01)
    house.rows.is_slow = True
    assert await house.send() == 503
