"""Rows of projects and their environments."""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Integer,
    UniqueConstraint,
    func,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from thakur.db import Base, Id


class ProjectRow(Base):
    __tablename__ = "projects"
    __table_args__ = (CheckConstraint("status IN ('active', 'deleting')", name="status"),)

    # The tenant's uid is derived from this id, so an id is never used again: an identity column gives none twice.
    id: Mapped[Id]
    team_id: Mapped[int] = mapped_column(ForeignKey("teams.id"), index=True)
    name: Mapped[str] = mapped_column(unique=True)
    status: Mapped[str] = mapped_column(server_default="active")
    last_number: Mapped[int] = mapped_column(Integer, server_default="0")
    settings: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default="{}")
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())


class RepositoryRow(Base):
    __tablename__ = "repositories"

    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id", ondelete="CASCADE"), primary_key=True)
    url: Mapped[str]
    # Empty is the remote's HEAD.
    branch: Mapped[str] = mapped_column(server_default="")
    # Sealed; bound to the project and the URL.
    token: Mapped[bytes | None]
    updated_at: Mapped[datetime] = mapped_column(server_default=func.now())
    updated_by: Mapped[str]


class EnvironmentRow(Base):
    __tablename__ = "environments"
    __table_args__ = (
        CheckConstraint("status IN ('active', 'deleting')", name="status"),
        UniqueConstraint("project_id", "label"),
    )

    id: Mapped[Id]
    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id", ondelete="CASCADE"))
    label: Mapped[str]
    status: Mapped[str] = mapped_column(server_default="active")
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())


class EnvironmentVariableRow(Base):
    __tablename__ = "environment_variables"
    __table_args__ = (
        CheckConstraint("scope IN ('production', 'preview')", name="scope"),
        CheckConstraint("phase IN ('build', 'start')", name="phase"),
    )

    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id", ondelete="CASCADE"), primary_key=True)
    scope: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(primary_key=True)
    # Sealed; bound to the three above.
    value: Mapped[bytes]
    # NULL is for both.
    phase: Mapped[str | None]
    updated_at: Mapped[datetime] = mapped_column(server_default=func.now())
    updated_by: Mapped[str]
