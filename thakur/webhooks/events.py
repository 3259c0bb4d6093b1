"""What a webhook says, as far as it matters here: a hint that something may have changed. Pure.

Real payloads carry more than their own documents say and less: only what is used is looked at, and nearly all may be missing.
"""

import re
from typing import Annotated

import msgspec

from thakur.errors import Malformed

# Larger ones than a double can count are nobody's.
Number = Annotated[int, msgspec.Meta(ge=1, le=2**53)]
TEXT_CHARACTERS = 300

# Which events lead to something, and with which actions; of those without actions every one does.
KNOWN: dict[str, frozenset[str] | None] = {
    "ping": None,
    "push": None,
    "delete": None,
    "status": None,
    "check_run": frozenset({"completed"}),
    "check_suite": frozenset({"completed"}),
    "installation": frozenset({"created", "deleted", "suspend", "unsuspend", "new_permissions_accepted"}),
    "installation_repositories": frozenset({"added", "removed"}),
    "repository": frozenset({"renamed", "transferred"}),
    "github_app_authorization": frozenset({"revoked"}),
}
NEEDS_REPOSITORY = frozenset({"push", "delete", "status", "check_run", "check_suite", "repository"})
NEEDS_INSTALLATION = frozenset({"installation", "installation_repositories"})
NEEDS_SENDER = frozenset({"github_app_authorization"})

_LOGIN = re.compile(r"[A-Za-z0-9_-]{1,64}(?:\[bot\])?")


class EventMalformed(Malformed):
    """The body is no payload of that event."""

    code = "event_malformed"


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """An event that leads to something. `branch` is the one that was pushed or deleted; a tag's has none."""

    name: str
    action: str = ""
    repository_id: int | None = None
    installation_id: int | None = None
    branch: str = ""
    sender: str = ""
    sender_id: int | None = None


class _Thing(msgspec.Struct, frozen=True):
    id: Number


class _Sender(msgspec.Struct, frozen=True):
    login: str = ""
    id: Number | None = None


class _Payload(msgspec.Struct, frozen=True, kw_only=True):
    action: str = ""
    ref: str | None = None
    ref_type: str = ""
    repository: _Thing | None = None
    installation: _Thing | None = None
    sender: _Sender | None = None


_decoder = msgspec.json.Decoder(_Payload)


def parse(name: str, body: bytes) -> Event | None:
    """The event, or None when nothing follows from it. Raises EventMalformed."""
    try:
        payload = _decoder.decode(body)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise EventMalformed("The body is no payload of GitHub's") from error
    if name not in KNOWN:
        return None
    actions = KNOWN[name]
    if actions is not None and payload.action not in actions:
        return None
    sender_id = payload.sender.id if payload.sender else None
    if (
        (name in NEEDS_REPOSITORY and payload.repository is None)
        or (name in NEEDS_INSTALLATION and payload.installation is None)
        or (name in NEEDS_SENDER and sender_id is None)
    ):
        raise EventMalformed(f"A payload of {name} names what it is about")
    return Event(
        name=name,
        action=payload.action,
        repository_id=payload.repository.id if payload.repository else None,
        installation_id=payload.installation.id if payload.installation else None,
        branch=_branch(name, payload)[:TEXT_CHARACTERS].replace("\0", ""),
        sender=_login(payload.sender),
        sender_id=sender_id,
    )


def _branch(name: str, payload: _Payload) -> str:
    ref = payload.ref or ""
    if name == "push" and ref.startswith("refs/heads/"):
        return ref.removeprefix("refs/heads/")
    return ref if name == "delete" and payload.ref_type == "branch" else ""


def _login(sender: _Sender | None) -> str:
    return sender.login if sender and _LOGIN.fullmatch(sender.login) else ""
