"""What payloads lead to."""

import json

import pytest

from thakur.webhooks.events import Event, EventMalformed, idle, parse

SHOP = {"id": 7, "full_name": "ada/shop"}


@pytest.mark.parametrize(
    ("name", "payload", "event"),
    [
        (
            "push",
            {"ref": "refs/heads/feat/$(id)", "repository": SHOP, "sender": {"login": "ada"}, "installation": {"id": 9}},
            Event(
                name="push",
                repository_id=7,
                repository="ada/shop",
                installation_id=9,
                branch="feat/$(id)",
                sender="ada",
            ),
        ),
        (
            "push",
            {"ref": "refs/tags/v1", "repository": SHOP},
            Event(name="push", repository_id=7, repository="ada/shop", branch="refs/tags/v1"),
        ),
        (
            "push",
            {"ref": "refs/heads/x", "repository": SHOP, "sender": {"login": "<script>"}},
            Event(name="push", repository_id=7, repository="ada/shop", branch="x"),
        ),
        (
            "delete",
            {"ref": "main", "ref_type": "branch", "repository": SHOP, "sender": {"login": "dependabot[bot]"}},
            Event(name="delete", repository_id=7, repository="ada/shop", branch="main", sender="dependabot[bot]"),
        ),
        (
            "delete",
            {"ref": "v1", "ref_type": "tag", "repository": SHOP},
            Event(name="delete", repository_id=7, repository="ada/shop"),
        ),
        ("ping", {"zen": "…"}, Event(name="ping")),
        (
            "installation",
            {"action": "suspend", "installation": {"id": 9}, "repositories": [{"id": 1}]},
            Event(name="installation", action="suspend", installation_id=9),
        ),
        (
            "repository",
            {"action": "renamed", "repository": SHOP},
            Event(name="repository", action="renamed", repository_id=7, repository="ada/shop"),
        ),
        ("installation", {"action": "danced", "installation": {"id": 9}}, None),
        ("repository", {"action": "starred", "repository": SHOP}, None),
        ("star", {"action": "created"}, None),
        ("push_of_tomorrow", {"repository": {"id": 1}}, None),
    ],
)
def test_a_payload_is_what_matters_of_it_or_nothing(name, payload, event) -> None:
    assert parse(name, json.dumps(payload).encode()) == event


def test_what_nothing_follows_from_is_told_as_far_as_it_can_be_shown() -> None:
    body = json.dumps({"action": "created\0" * 100, "repository": SHOP | {"full_name": None}}).encode()

    assert idle("star", body) == Event(name="star", action=("created\0" * 100)[:300].replace("\0", ""), repository_id=7)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b'"push"',
        b'{"repository": NaN}',
        b'{"ref": "\xff"}',
        b'{"repository": null}',
        b'{"repository": {"id": "7"}}',
        b'{"repository": {"id": -1}}',
        b'{"repository": {"id": ' + b"9" * 400 + b"}}",
        b'{"repository": {"id": 7}, "x": ' + b"[" * 200_000 + b"]" * 200_000 + b"}",
    ],
)
def test_what_is_no_payload_of_a_push_is_malformed(body) -> None:
    with pytest.raises(EventMalformed):
        parse("push", body)
