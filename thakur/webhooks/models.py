"""Rows of what GitHub has delivered."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, UniqueConstraint, func, text
from sqlalchemy.orm import Mapped, mapped_column

from thakur.db import Base, Id


class DeliveryRow(Base):
    __tablename__ = "webhook_deliveries"
    __table_args__ = (
        CheckConstraint("status IN ('received', 'done', 'failed', 'ignored')", name="status"),
        # Two Apps are given the same guid for one event, and a redelivery repeats it.
        UniqueConstraint("app_id", "guid"),
        Index("ix_webhook_deliveries_due", "next_at", postgresql_where=text("status = 'received'")),
        Index("ix_webhook_deliveries_received_at", "received_at"),
        Index("ix_webhook_deliveries_shown", "app_id", "id"),
    )

    id: Mapped[Id]
    app_id: Mapped[int] = mapped_column(ForeignKey("github_apps.id", ondelete="CASCADE"))
    guid: Mapped[str]
    event: Mapped[str]
    action: Mapped[str]
    repository_id: Mapped[int | None]
    # Its name at that moment, to be shown.
    repository: Mapped[str] = mapped_column(server_default="")
    installation_id: Mapped[int | None]
    branch: Mapped[str]
    pull_request: Mapped[int | None]
    sender: Mapped[str]
    sender_id: Mapped[int | None]
    status: Mapped[str] = mapped_column(server_default="received")
    attempts: Mapped[int] = mapped_column(Integer, server_default="0")
    reason: Mapped[str] = mapped_column(server_default="")
    next_at: Mapped[datetime] = mapped_column(server_default=func.now())
    lease_until: Mapped[datetime | None]
    received_at: Mapped[datetime] = mapped_column(server_default=func.now())
    done_at: Mapped[datetime | None]
