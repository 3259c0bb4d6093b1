"""What a webhook says, as far as it matters here: a hint that something may have changed. Pure.

Real payloads carry more than their own documents say and less: only what is used is looked at, and nearly all may be missing.
"""

import re
from typing import Annotated

import msgspec

from thakur.errors import Malformed
from thakur.webhooks.filters.tags import REFS

# Larger ones than a double can count are nobody's.
Number = Annotated[int, msgspec.Meta(ge=1, le=2**53)]
TEXT_CHARACTERS = 300

# Which events lead to something, and with which actions; of those without actions every one does.
KNOWN: dict[str, frozenset[str] | None] = {
    "ping": None,
    "push": None,
    "create": None,
    "delete": None,
    "status": None,
    "check_run": frozenset({"completed"}),
    "check_suite": frozenset({"completed"}),
    "pull_request": frozenset({"opened", "reopened", "synchronize", "closed", "edited"}),
    "installation": frozenset({"created", "deleted", "suspend", "unsuspend", "new_permissions_accepted"}),
    "installation_repositories": frozenset({"added", "removed"}),
    "installation_target": frozenset({"renamed"}),
    "repository": frozenset({"renamed", "transferred", "edited"}),
    "github_app_authorization": frozenset({"revoked"}),
}
NEEDS_REPOSITORY = frozenset(
    {"push", "create", "delete", "pull_request", "status", "check_run", "check_suite", "repository"}
)
NEEDS_INSTALLATION = frozenset({"installation", "installation_repositories", "installation_target"})
NEEDS_SENDER = frozenset({"github_app_authorization"})

_LOGIN = re.compile(r"[A-Za-z0-9_-]{1,64}(?:\[bot\])?")


class EventMalformed(Malformed):
    """The body is no payload of that event."""

    code = "event_malformed"


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """An event. `branch` is the one that was pushed, made or deleted, or a pushed tag by its full ref.

    `repository` is its name, to be shown.
    """

    name: str
    action: str = ""
    repository_id: int | None = None
    repository: str = ""
    installation_id: int | None = None
    branch: str = ""
    pull_request: int | None = None
    sender: str = ""
    sender_id: int | None = None


class _Thing(msgspec.Struct, frozen=True):
    id: Number
    full_name: str | None = None


class _Sender(msgspec.Struct, frozen=True):
    login: str = ""
    id: Number | None = None


class _Payload(msgspec.Struct, frozen=True, kw_only=True):
    action: str = ""
    number: Number | None = None
    ref: str | None = None
    ref_type: str = ""
    repository: _Thing | None = None
    installation: _Thing | None = None
    sender: _Sender | None = None


_decoder = msgspec.json.Decoder(_Payload)


def parse(name: str, body: bytes) -> Event | None:
    """The event, or None when nothing follows from it. Raises EventMalformed."""
    payload = _decoded(body)
    if name not in KNOWN:
        return None
    actions = KNOWN[name]
    if actions is not None and payload.action not in actions:
        return None
    event = _event(name, payload)
    if (
        (name in NEEDS_REPOSITORY and event.repository_id is None)
        or (name in NEEDS_INSTALLATION and event.installation_id is None)
        or (name in NEEDS_SENDER and event.sender_id is None)
    ):
        raise EventMalformed(f"A payload of {name} names what it is about")
    if name == "pull_request" and event.pull_request is None:
        raise EventMalformed("A payload of pull_request names its number")
    return event


def idle(name: str, body: bytes) -> Event:
    """An event from which nothing follows, as far as it is shown. Raises EventMalformed."""
    return _event(name, _decoded(body))


def _decoded(body: bytes) -> _Payload:
    try:
        return _decoder.decode(body)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise EventMalformed("The body is no payload of GitHub's") from error


def _event(name: str, payload: _Payload) -> Event:
    return Event(
        name=name,
        action=_shown(payload.action),
        repository_id=payload.repository.id if payload.repository else None,
        repository=_shown((payload.repository.full_name if payload.repository else None) or ""),
        installation_id=payload.installation.id if payload.installation else None,
        pull_request=payload.number if name == "pull_request" else None,
        branch=_shown(_branch(name, payload)),
        sender=_login(payload.sender),
        sender_id=payload.sender.id if payload.sender else None,
    )


def _shown(text: str) -> str:
    return text[:TEXT_CHARACTERS].replace("\0", "")


def _branch(name: str, payload: _Payload) -> str:
    ref = payload.ref or ""
    if name == "push" and ref.startswith("refs/heads/"):
        return ref.removeprefix("refs/heads/")
    if name == "push" and ref.startswith(REFS):
        return ref
    return ref if name in ("create", "delete") and payload.ref_type == "branch" else ""


def _login(sender: _Sender | None) -> str:
    return sender.login if sender and _LOGIN.fullmatch(sender.login) else ""
