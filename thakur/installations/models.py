"""Rows of GitHub Apps, their installations, the repositories that projects follow, and what GitHub is to be told."""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    UniqueConstraint,
    false,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from thakur.db import Base, Id


class AppRow(Base):
    __tablename__ = "github_apps"
    __table_args__ = (UniqueConstraint("web_url", "app_id"),)

    id: Mapped[Id]
    team_id: Mapped[int] = mapped_column(ForeignKey("teams.id"), index=True)
    web_url: Mapped[str]
    api_url: Mapped[str]
    app_id: Mapped[int]
    slug: Mapped[str]
    client_id: Mapped[str]
    owner: Mapped[str] = mapped_column(server_default="")
    page_url: Mapped[str] = mapped_column(server_default="")
    is_of_organization: Mapped[bool] = mapped_column(server_default="false")
    hook_url: Mapped[str] = mapped_column(server_default="")
    # Why GitHub could not be asked about it the last time, as a sentence.
    trouble: Mapped[str] = mapped_column(server_default="")
    # Sealed, all four; bound to the row and their own names.
    client_secret: Mapped[bytes]
    private_key: Mapped[bytes]
    webhook_secret: Mapped[bytes]
    previous_secret: Mapped[bytes | None]
    previous_until: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    created_by: Mapped[str]


class InstallationRow(Base):
    __tablename__ = "github_installations"
    __table_args__ = (CheckConstraint("status IN ('active', 'suspended', 'gone')", name="status"),)

    app_id: Mapped[int] = mapped_column(ForeignKey("github_apps.id", ondelete="CASCADE"), primary_key=True)
    installation_id: Mapped[int] = mapped_column(primary_key=True)
    account: Mapped[str]
    is_organization: Mapped[bool] = mapped_column(server_default="false")
    # How many it opens, as far as that is known.
    repositories: Mapped[int | None] = mapped_column(Integer)
    # What it was granted, by GitHub's names.
    permissions: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    status: Mapped[str]
    since: Mapped[datetime] = mapped_column(server_default=func.now())
    updated_at: Mapped[datetime] = mapped_column(server_default=func.now())


class DepartureRow(Base):
    __tablename__ = "github_departures"

    # Of the state that GitHub's answer brings back.
    hash: Mapped[bytes] = mapped_column(primary_key=True)
    team_id: Mapped[int] = mapped_column(ForeignKey("teams.id", ondelete="CASCADE"))
    session_id: Mapped[int | None] = mapped_column(ForeignKey("sessions.id", ondelete="CASCADE"), index=True)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    web_url: Mapped[str]
    api_url: Mapped[str]
    # The App that is to be installed; None where one is to be made.
    app_id: Mapped[int | None] = mapped_column(ForeignKey("github_apps.id", ondelete="CASCADE"))
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class ConnectionRow(Base):
    __tablename__ = "github_connections"
    __table_args__ = (
        ForeignKeyConstraint(
            ["app_id", "installation_id"], ["github_installations.app_id", "github_installations.installation_id"]
        ),
        Index("ix_github_connections_repository", "app_id", "repository_id"),
        Index("ix_github_connections_survey_at", "survey_at"),
    )

    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id", ondelete="CASCADE"), primary_key=True)
    app_id: Mapped[int]
    installation_id: Mapped[int]
    repository_id: Mapped[int]
    full_name: Mapped[str]
    url: Mapped[str]
    # The branch that is built as the default one; empty where somebody named theirs.
    default_branch: Mapped[str] = mapped_column(server_default="")
    filters: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default="{}")
    previews: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default="{}")
    # Branches that were there when the project began to follow, with their commits; unknown before the first survey.
    left_alone: Mapped[dict[str, str] | None] = mapped_column(JSONB(none_as_null=True))
    survey_trouble: Mapped[str] = mapped_column(server_default="")
    survey_at: Mapped[datetime] = mapped_column(server_default=func.now())
    survey_lease: Mapped[datetime | None]


class TrackRow(Base):
    __tablename__ = "github_tracks"
    __table_args__ = (
        UniqueConstraint("project_id", "label"),
        Index("ix_github_tracks_look_at", "look_at"),
    )

    id: Mapped[Id]
    project_id: Mapped[int] = mapped_column(ForeignKey("github_connections.project_id", ondelete="CASCADE"))
    # The environment's.
    label: Mapped[str]
    # Empty for production, whose branch the project's repository names, and for a fork's pull request.
    branch: Mapped[str] = mapped_column(server_default="")
    pull_request: Mapped[int | None]
    title: Mapped[str] = mapped_column(server_default="")
    # Commits: of a fork the one that waits for somebody and the one that somebody approved; the one that nobody wants.
    waits: Mapped[str | None]
    approved: Mapped[str | None]
    approves_all: Mapped[bool] = mapped_column(server_default=false())
    declined: Mapped[str | None]
    # The commit that was judged last, the one for which a build was asked last, and one that is built whatever holds it back.
    asked: Mapped[str | None]
    built: Mapped[str | None]
    # The tag that was judged last, where production follows tags.
    tag: Mapped[str] = mapped_column(server_default="")
    anyway: Mapped[str | None]
    held: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    pushed_by: Mapped[str] = mapped_column(server_default="")
    trouble: Mapped[str] = mapped_column(server_default="")
    # When its head is to be looked at: at once after a push, and every hour in any case.
    look_at: Mapped[datetime] = mapped_column(server_default=func.now())
    lease_until: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())


class CommentRow(Base):
    """The App's comment on a pull request, for one project."""

    __tablename__ = "github_comments"
    __table_args__ = (Index("ix_github_comments_due", "next_at", postgresql_where=text("sent_version < version")),)

    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id", ondelete="CASCADE"), primary_key=True)
    pull_request: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    app_id: Mapped[int] = mapped_column(ForeignKey("github_apps.id", ondelete="CASCADE"))
    installation_id: Mapped[int]
    repository_id: Mapped[int]
    # The one that it is to merge; a fork's is none of ours.
    branch: Mapped[str]
    is_open: Mapped[bool]
    body: Mapped[str] = mapped_column(server_default="")
    # GitHub's own id of it, once it is made; and whether it was made again after somebody had removed it.
    comment_id: Mapped[int | None]
    is_remade: Mapped[bool] = mapped_column(server_default=false())
    version: Mapped[int] = mapped_column(Integer, server_default="0")
    sent_version: Mapped[int] = mapped_column(Integer, server_default="0")
    # The one that says that the pull request is closed.
    closed_version: Mapped[int | None] = mapped_column(Integer)
    failures: Mapped[int] = mapped_column(Integer, server_default="0")
    next_at: Mapped[datetime] = mapped_column(server_default=func.now())
    lease_until: Mapped[datetime | None]


class ReportRow(Base):
    __tablename__ = "github_reports"
    __table_args__ = (
        UniqueConstraint("project_id", "number"),
        Index("ix_github_reports_due", "next_at", postgresql_where=text("sent_version < version")),
        Index(
            "ix_github_reports_living",
            "project_id",
            postgresql_where=text("state IN ('queued', 'in_progress', 'success')"),
        ),
    )

    id: Mapped[Id]
    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id", ondelete="CASCADE"))
    number: Mapped[int] = mapped_column(Integer)
    app_id: Mapped[int] = mapped_column(ForeignKey("github_apps.id", ondelete="CASCADE"))
    installation_id: Mapped[int]
    repository_id: Mapped[int]
    sha: Mapped[str]
    environment: Mapped[str]
    context: Mapped[str]
    state: Mapped[str]
    description: Mapped[str]
    log_url: Mapped[str]
    environment_url: Mapped[str]
    # GitHub's own id of the deployment, once it is made.
    deployment_id: Mapped[int | None]
    # Each change counts one up; what was sent last is behind while there is something to send.
    version: Mapped[int] = mapped_column(Integer, server_default="1")
    sent_version: Mapped[int] = mapped_column(Integer, server_default="0")
    failures: Mapped[int] = mapped_column(Integer, server_default="0")
    next_at: Mapped[datetime] = mapped_column(server_default=func.now())
    lease_until: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
