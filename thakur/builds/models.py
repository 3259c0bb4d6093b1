"""Rows of builds and artifacts."""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    Integer,
    UniqueConstraint,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from thakur.db import Base, Id


class ArtifactRow(Base):
    __tablename__ = "artifacts"
    __table_args__ = (UniqueConstraint("project_id", "digest"),)

    id: Mapped[Id]
    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id", ondelete="CASCADE"))
    digest: Mapped[str]
    size_bytes: Mapped[int]
    files: Mapped[int] = mapped_column(Integer)
    plan: Mapped[dict[str, Any]] = mapped_column(JSONB)
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    # When its files went: the row stays, because deployments tell of it.
    removed_at: Mapped[datetime | None]


class BuildRow(Base):
    __tablename__ = "builds"
    __table_args__ = (
        CheckConstraint(
            "status IN ('queued', 'running', 'succeeded', 'failed', 'canceled', 'superseded')",
            name="status",
        ),
        UniqueConstraint("project_id", "number"),
        Index("ix_builds_newest", "environment_id", "number"),
        # One running build an environment is a constraint, not a hope.
        Index("uq_builds_running", "environment_id", unique=True, postgresql_where=text("status = 'running'")),
        Index("ix_builds_queue", "created_at", postgresql_where=text("status = 'queued'")),
        # What each claim, and each sweep of every second, looks for among all the builds there ever were.
        Index("ix_builds_turns", "project_id", "started_at"),
        Index("ix_builds_leased", "lease_until", postgresql_where=text("lease_until IS NOT NULL")),
        Index(
            "ix_builds_unannounced",
            "finished_at",
            postgresql_where=text("status = 'succeeded' AND announced_at IS NULL"),
        ),
        Index(
            "ix_builds_inputs",
            "project_id",
            "inputs_digest",
            postgresql_where=text("status = 'succeeded' AND inputs_digest IS NOT NULL"),
        ),
    )

    id: Mapped[Id]
    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id", ondelete="CASCADE"))
    environment_id: Mapped[int] = mapped_column(ForeignKey("environments.id", ondelete="CASCADE"))
    number: Mapped[int] = mapped_column(Integer)
    status: Mapped[str] = mapped_column(server_default="queued")
    attempt: Mapped[int] = mapped_column(Integer, server_default="0")
    worker: Mapped[str | None]
    # Held until then. An ended build keeps it until its log and its upload are put in order.
    lease_until: Mapped[datetime | None]
    # How often its worker died in the middle; one that ends politely is not counted.
    interruptions: Mapped[int] = mapped_column(Integer, server_default="0")
    source: Mapped[dict[str, Any]] = mapped_column(JSONB)
    steps: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, server_default="[]")
    plan: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    artifact_id: Mapped[int | None] = mapped_column(ForeignKey("artifacts.id"))
    failure: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    log_stream_id: Mapped[int] = mapped_column(ForeignKey("log_streams.id"))
    requested_by: Mapped[str]
    # Who canceled it, or what took its place.
    ended_by: Mapped[str | None]
    # Says what it was made of: the source and all settings that count.
    inputs_digest: Mapped[str | None]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    # When the artifact's consumer had heard of it; a sweep tells those that it did not.
    announced_at: Mapped[datetime | None]
