"""What a column's annotation becomes in PostgreSQL."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, MetaData
from sqlalchemy.dialects.postgresql import dialect
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.schema import CreateTable

from thakur.db import Base, Id


class ScratchBase(Base):
    """Tables of its own: the real ones are compared with the revisions."""

    __abstract__ = True
    metadata = MetaData(naming_convention=Base.metadata.naming_convention)


class Shelf(ScratchBase):
    __tablename__ = "shelves"
    id: Mapped[Id]


class Book(ScratchBase):
    __tablename__ = "books"

    id: Mapped[Id]
    shelf_id: Mapped[int] = mapped_column(ForeignKey("shelves.id"), unique=True)
    title: Mapped[str]
    read_at: Mapped[datetime | None]
    notes: Mapped[dict[str, Any]]
    cover: Mapped[bytes]


def test_annotations_become_the_types_of_the_house() -> None:
    ddl = str(CreateTable(Book.__table__).compile(dialect=dialect()))

    for column in (
        "id BIGINT GENERATED ALWAYS AS IDENTITY",
        "shelf_id BIGINT NOT NULL",
        "title TEXT NOT NULL",
        "read_at TIMESTAMP WITH TIME ZONE",
        "notes JSONB NOT NULL",
        "cover BYTEA NOT NULL",
    ):
        assert column in ddl


def test_constraints_have_names_that_a_migration_can_drop() -> None:
    ddl = str(CreateTable(Book.__table__).compile(dialect=dialect()))

    for name in ("pk_books", "fk_books_shelf_id", "uq_books_shelf_id"):
        assert f"CONSTRAINT {name} " in ddl
