"""Rows of deployments, activations and edges."""

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


class EdgeRow(Base):
    __tablename__ = "edges"

    id: Mapped[Id]
    name: Mapped[str] = mapped_column(unique=True)
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    seen_at: Mapped[datetime | None]


class DeploymentRow(Base):
    __tablename__ = "deployments"
    __table_args__ = (
        CheckConstraint(
            "status IN ('queued', 'starting', 'checking', 'active', 'standby', 'retired', "
            "'failed', 'canceled', 'superseded')",
            name="status",
        ),
        CheckConstraint("returns_to IN ('standby', 'retired')", name="returns_to"),
        UniqueConstraint("project_id", "number"),
        Index("ix_deployments_newest", "environment_id", "number"),
        UniqueConstraint("build_id"),
        # One rollout at a time an environment.
        Index(
            "uq_deployments_rolling_out",
            "environment_id",
            unique=True,
            postgresql_where=text("status IN ('starting', 'checking')"),
        ),
        Index("ix_deployments_queue", "created_at", postgresql_where=text("status = 'queued'")),
        # What a worker holds, or held when it died: also after its end, until its log and its edges are put in order.
        Index("ix_deployments_leased", "environment_id", postgresql_where=text("lease_until IS NOT NULL")),
    )

    id: Mapped[Id]
    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id", ondelete="CASCADE"))
    environment_id: Mapped[int] = mapped_column(ForeignKey("environments.id", ondelete="CASCADE"))
    number: Mapped[int] = mapped_column(Integer)
    status: Mapped[str] = mapped_column(server_default="queued")
    # Where a deployment that comes back belongs when it does not succeed.
    returns_to: Mapped[str | None]
    # Of the rollout that is under way or was the last; the activation takes them over.
    reason: Mapped[str] = mapped_column(server_default="deploy")
    actor: Mapped[str]
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    restart_requested_at: Mapped[datetime | None]
    attempt: Mapped[int] = mapped_column(Integer, server_default="0")
    worker: Mapped[str | None]
    lease_until: Mapped[datetime | None]
    artifact_id: Mapped[int] = mapped_column(ForeignKey("artifacts.id"))
    # The ref that its artifact was built from, a redeploy's too.
    branch: Mapped[str] = mapped_column(server_default="")
    # A redeploy has no build of its own.
    build_id: Mapped[int | None] = mapped_column(ForeignKey("builds.id"))
    steps: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, server_default="[]")
    failure: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    log_stream_id: Mapped[int] = mapped_column(ForeignKey("log_streams.id"))
    # What its replicas are started by, however often it comes back: the artifact's plan, and the project's settings, of then.
    plan: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    settings: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default="{}")
    # Sealed: the env vars that its replicas are started with, however often it comes back.
    env_snapshot: Mapped[bytes | None]
    requested_by: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]


class DeploymentEdgeRow(Base):
    """What one edge was last known to make of a deployment."""

    __tablename__ = "deployment_edges"
    __table_args__ = (CheckConstraint("status IN ('prepared', 'routed', 'draining', 'gone')", name="status"),)

    deployment_id: Mapped[int] = mapped_column(ForeignKey("deployments.id", ondelete="CASCADE"), primary_key=True)
    edge_id: Mapped[int] = mapped_column(ForeignKey("edges.id", ondelete="CASCADE"), primary_key=True, index=True)
    status: Mapped[str]
    updated_at: Mapped[datetime] = mapped_column(server_default=func.now())


class ActivationRow(Base):
    """What was live in an environment, from when to when, by whom and why."""

    __tablename__ = "activations"
    __table_args__ = (
        Index("uq_activations_open", "environment_id", unique=True, postgresql_where=text("ended_at IS NULL")),
    )

    id: Mapped[Id]
    environment_id: Mapped[int] = mapped_column(ForeignKey("environments.id", ondelete="CASCADE"), index=True)
    deployment_id: Mapped[int] = mapped_column(ForeignKey("deployments.id", ondelete="CASCADE"), index=True)
    # The name stays when the user is gone.
    actor: Mapped[str]
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    reason: Mapped[str]
    started_at: Mapped[datetime] = mapped_column(server_default=func.now())
    ended_at: Mapped[datetime | None]
