"""Rows of users, teams and memberships, of the secrets by which users are known, and of what they did."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint, func
from sqlalchemy.orm import Mapped, mapped_column

from thakur.db import Base, Id

ROLES = "role IN ('viewer', 'member', 'admin', 'owner')"


class TeamRow(Base):
    __tablename__ = "teams"

    id: Mapped[Id]
    name: Mapped[str] = mapped_column(unique=True)
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())


class UserRow(Base):
    __tablename__ = "users"

    id: Mapped[Id]
    name: Mapped[str] = mapped_column(unique=True)
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())


class MembershipRow(Base):
    __tablename__ = "memberships"
    __table_args__ = (CheckConstraint(ROLES, name="role"),)

    team_id: Mapped[int] = mapped_column(ForeignKey("teams.id", ondelete="CASCADE"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True, index=True)
    role: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())


class LinkRow(Base):
    __tablename__ = "login_links"
    __table_args__ = (
        CheckConstraint("kind IN ('owner', 'login', 'invitation')", name="kind"),
        CheckConstraint(ROLES, name="role"),
    )

    id: Mapped[Id]
    # Of the secret, SHA-256.
    hash: Mapped[bytes] = mapped_column(unique=True)
    kind: Mapped[str]
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    team_id: Mapped[int | None] = mapped_column(ForeignKey("teams.id", ondelete="CASCADE"))
    role: Mapped[str | None]
    made_by: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class SessionRow(Base):
    __tablename__ = "sessions"

    id: Mapped[Id]
    hash: Mapped[bytes] = mapped_column(unique=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    # Where the user makes new things; NULL is the first team that they came into.
    team_id: Mapped[int | None] = mapped_column(ForeignKey("teams.id", ondelete="SET NULL"))
    user_agent: Mapped[str]
    address: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    used_at: Mapped[datetime] = mapped_column(server_default=func.now())
    expires_at: Mapped[datetime]


class TokenRow(Base):
    __tablename__ = "api_tokens"
    __table_args__ = (
        UniqueConstraint("team_id", "name"),
        CheckConstraint("scope IN ('read', 'deploy', 'all')", name="scope"),
    )

    id: Mapped[Id]
    hash: Mapped[bytes] = mapped_column(unique=True)
    prefix: Mapped[str]
    name: Mapped[str]
    team_id: Mapped[int] = mapped_column(ForeignKey("teams.id", ondelete="CASCADE"))
    # NULL is the operator.
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    scope: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    expires_at: Mapped[datetime | None]
    used_at: Mapped[datetime | None]


class DeviceRow(Base):
    __tablename__ = "devices"

    id: Mapped[Id]
    hash: Mapped[bytes] = mapped_column(unique=True)
    code: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    address: Mapped[str]
    expires_at: Mapped[datetime]
    is_allowed: Mapped[bool | None]
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    team_id: Mapped[int | None] = mapped_column(ForeignKey("teams.id", ondelete="CASCADE"))


class AuditRow(Base):
    __tablename__ = "audit_events"

    id: Mapped[Id]
    at: Mapped[datetime] = mapped_column(server_default=func.now())
    team_id: Mapped[int | None] = mapped_column(ForeignKey("teams.id", ondelete="CASCADE"), index=True)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    actor: Mapped[str]
    action: Mapped[str]
    subject: Mapped[str]
    address: Mapped[str]


class IdempotencyKeyRow(Base):
    __tablename__ = "idempotency_keys"

    # Of the asker and their key, SHA-256.
    hash: Mapped[bytes] = mapped_column(primary_key=True)
    # Of the request without its body, which may be long: that is known only when it was read.
    target: Mapped[bytes]
    body_digest: Mapped[bytes] = mapped_column(server_default="")
    # NULL while the request is under way.
    status: Mapped[int | None]
    media_type: Mapped[str] = mapped_column(server_default="")
    # NULL where the answer held a secret.
    body: Mapped[bytes | None]
    # Of what was done to a project: it goes with it.
    project_id: Mapped[int | None] = mapped_column(ForeignKey("projects.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[datetime] = mapped_column(server_default=func.now(), index=True)
