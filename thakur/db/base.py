"""The declarative base of every module's tables."""

from datetime import date, datetime
from typing import Annotated, Any, ClassVar

from sqlalchemy import BigInteger, Date, DateTime, Identity, LargeBinary, MetaData, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, mapped_column

Id = Annotated[int, mapped_column(BigInteger, Identity(always=True), primary_key=True)]


class Base(DeclarativeBase):
    """Times are timestamptz, texts text, dicts JSONB, ints bigint."""

    metadata = MetaData(
        naming_convention={
            "pk": "pk_%(table_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
        }
    )
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        str: Text(),
        int: BigInteger(),
        bytes: LargeBinary(),
        date: Date(),
        datetime: DateTime(timezone=True),
        dict: JSONB(),
        dict[str, Any]: JSONB(),
        dict[str, str]: JSONB(),
    }
