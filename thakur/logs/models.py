"""Rows of log streams and their lines."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    Integer,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from thakur.db import Base, Id


class LogStreamRow(Base):
    __tablename__ = "log_streams"
    __table_args__ = (
        CheckConstraint("kind IN ('build', 'runtime')", name="kind"),
        Index(None, "project_id", "number", unique=True, postgresql_where=text("kind = 'build'")),
        Index(None, "environment_id", unique=True, postgresql_where=text("kind = 'runtime'")),
    )

    id: Mapped[Id]
    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id", ondelete="CASCADE"))
    kind: Mapped[str]
    number: Mapped[int | None] = mapped_column(Integer)
    environment_id: Mapped[int | None] = mapped_column(ForeignKey("environments.id", ondelete="CASCADE"))
    last_number: Mapped[int] = mapped_column(server_default="0")
    size_bytes: Mapped[int] = mapped_column(server_default="0")
    cleared_number: Mapped[int] = mapped_column(server_default="0")
    day: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    ended_at: Mapped[datetime | None]


class LogSourceRow(Base):
    """How far a replica's log file has been stored: written in the transaction that stores its lines."""

    __tablename__ = "log_sources"

    stream_id: Mapped[int] = mapped_column(ForeignKey("log_streams.id", ondelete="CASCADE"), primary_key=True)
    source: Mapped[str] = mapped_column(primary_key=True)
    offset_bytes: Mapped[int]


class BuildLineRow(Base):
    __tablename__ = "build_lines"

    stream_id: Mapped[int] = mapped_column(ForeignKey("log_streams.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime]
    level: Mapped[str]
    text: Mapped[str]


class RuntimeLineRow(Base):
    """Partitioned by day, so that a day's end of life is one DROP TABLE.

    The day stands last in the key, because reads go by stream and number.
    """

    __tablename__ = "runtime_lines"
    __table_args__ = ({"postgresql_partition_by": "RANGE (day)"},)

    stream_id: Mapped[int] = mapped_column(ForeignKey("log_streams.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    day: Mapped[date] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    level: Mapped[str]
    text: Mapped[str]
    deployment_id: Mapped[int]
    edge_id: Mapped[int]
    replica: Mapped[int] = mapped_column(Integer)
