"""Rows of identities, of the tokens that act for them, and of who may sign in."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint, func, text
from sqlalchemy.orm import Mapped, mapped_column

from thakur.db import Base, Id


class IdentityRow(Base):
    __tablename__ = "github_identities"
    # One account of a GitHub is one user's, who has one there.
    __table_args__ = (UniqueConstraint("web_url", "number"), UniqueConstraint("user_id", "web_url"))

    id: Mapped[Id]
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    web_url: Mapped[str]
    # GitHub's own of the person; the login is shown and decides nothing.
    number: Mapped[int]
    login: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    signed_in_at: Mapped[datetime] = mapped_column(server_default=func.now())


class TokenRow(Base):
    __tablename__ = "github_user_tokens"

    identity_id: Mapped[int] = mapped_column(ForeignKey("github_identities.id", ondelete="CASCADE"), primary_key=True)
    app_id: Mapped[int] = mapped_column(ForeignKey("github_apps.id", ondelete="CASCADE"), primary_key=True, index=True)
    # Sealed, both; bound to the row and their own names.
    access_token: Mapped[bytes]
    refresh_token: Mapped[bytes | None]
    expires_at: Mapped[datetime | None]
    refresh_expires_at: Mapped[datetime | None]


class AllowanceRow(Base):
    __tablename__ = "github_allowances"
    __table_args__ = (
        UniqueConstraint("team_id", "web_url", "kind", "number"),
        CheckConstraint("kind IN ('user', 'organization', 'team')", name="kind"),
        CheckConstraint("role IN ('viewer', 'member', 'admin')", name="role"),
    )

    id: Mapped[Id]
    team_id: Mapped[int] = mapped_column(ForeignKey("teams.id", ondelete="CASCADE"))
    web_url: Mapped[str]
    kind: Mapped[str]
    # GitHub's own of the person, the organisation or the team, as of when it was allowed; the name is shown.
    number: Mapped[int]
    name: Mapped[str]
    role: Mapped[str]
    made_by: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())


class AdmissionRow(Base):
    __tablename__ = "github_admissions"

    team_id: Mapped[int] = mapped_column(ForeignKey("teams.id", ondelete="CASCADE"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), primary_key=True, index=True)
    identity_id: Mapped[int] = mapped_column(ForeignKey("github_identities.id", ondelete="CASCADE"), index=True)
    # What the list gave; a membership of another role was changed by somebody here.
    role: Mapped[str]
    # When GitHub is to be asked again whether they may still be here.
    check_at: Mapped[datetime] = mapped_column(index=True)
    # False while they are on their way in or out.
    has_joined: Mapped[bool] = mapped_column(server_default=text("false"))
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())


class JourneyRow(Base):
    __tablename__ = "github_journeys"

    # Of a state that a browser has brought back, SHA-256: it counts once.
    hash: Mapped[bytes] = mapped_column(primary_key=True)
    expires_at: Mapped[datetime] = mapped_column(index=True)
