"""What accounts are made of, as it is handed out: links, sessions, tokens, devices, teams, members, events."""

from datetime import datetime, timedelta
from enum import StrEnum

import msgspec

from thakur.accounts.principal import Role, TokenScope

DEFAULT_TEAM = "default"

LINK_LIFE = timedelta(minutes=10)
INVITATION_LIFE = timedelta(days=2)
DEVICE_LIFE = timedelta(minutes=10)
SESSION_LIFE = timedelta(days=90)
SESSION_IDLE = timedelta(days=14)
KEPT_ANSWER = timedelta(hours=24)


class LinkKind(StrEnum):
    """What a login link does: makes the owner, signs a user in, or lets somebody into a team."""

    OWNER = "owner"
    LOGIN = "login"
    INVITATION = "invitation"


class LinkMade(msgspec.Struct, frozen=True, kw_only=True):
    """A new link's secret, which is shown once and kept as a hash."""

    secret: str
    kind: LinkKind
    expires_at: datetime
    user: str | None = None


class Link(msgspec.Struct, frozen=True, kw_only=True):
    """A link that can still be used: whom it signs in, or into which team with which role."""

    id: int
    kind: LinkKind
    user: str | None
    team: str | None
    role: Role | None
    made_by: str
    expires_at: datetime


class Visitor(msgspec.Struct, frozen=True, kw_only=True):
    """Where somebody is who has no session yet."""

    address: str
    user_agent: str = ""


class Session(msgspec.Struct, frozen=True, kw_only=True):
    """A browser that is signed in. `used_at` is coarse; `is_current` is the one that asks."""

    id: int
    user_agent: str
    address: str
    created_at: datetime
    used_at: datetime
    is_current: bool


class Token(msgspec.Struct, frozen=True, kw_only=True):
    """An API token without its secret: `prefix` is the beginning of it. `used_at` is coarse."""

    name: str
    prefix: str
    team: str
    made_by: str
    scope: TokenScope
    created_at: datetime
    expires_at: datetime | None
    used_at: datetime | None


class TokenMade(msgspec.Struct, frozen=True, kw_only=True):
    """A new token with its secret, which is shown this once and kept as a hash."""

    secret: str
    token: Token


class DeviceAsked(msgspec.Struct, frozen=True, kw_only=True):
    """A command that waits to be let in: its own secret, and the code that a person compares and confirms."""

    secret: str
    code: str
    expires_at: datetime


class Device(msgspec.Struct, frozen=True, kw_only=True):
    """Which command waits for a confirmation, and from where."""

    code: str
    name: str
    address: str
    expires_at: datetime


class Team(msgspec.Struct, frozen=True, kw_only=True):
    """A team of the asker's, with their own role in it."""

    id: int
    name: str
    role: Role
    created_at: datetime


class Member(msgspec.Struct, frozen=True, kw_only=True):
    """A user in a team."""

    user: str
    role: Role
    since: datetime


class AuditEvent(msgspec.Struct, frozen=True, kw_only=True):
    """Who did what, on what, when and from where."""

    id: int
    at: datetime
    actor: str
    action: str
    subject: str
    address: str


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """What was answered to a request that may come again. Without a body it held a secret, which nobody is shown again."""

    status: int
    media_type: str = "application/json"
    body: bytes | None


class AnswerKept(msgspec.Struct, frozen=True, kw_only=True):
    """An answer, and the SHA-256 of the body of the request that it was given to."""

    body_digest: bytes
    answer: Answer
    project_id: int | None = None
