"""The way to PostgreSQL: tables declare themselves on `Base`, services work in a `Database` session, boot migrates.

In comes a URL; out go sessions of one transaction each, raw connections for COPY, and a schema that is at the head
revision.
"""

from thakur.db.base import Base, Id
from thakur.db.database import Callback, Database
from thakur.db.fitting import fits
from thakur.db.interface import DatabaseTooNew, DatabaseTooOld, DatabaseUnavailable, ValueRefused
from thakur.db.migrations import configure, head_and_current, migrate, migrations_dir, wait_for_head

__all__ = [
    "Base",
    "Callback",
    "Database",
    "DatabaseTooNew",
    "DatabaseTooOld",
    "DatabaseUnavailable",
    "Id",
    "ValueRefused",
    "configure",
    "fits",
    "head_and_current",
    "migrate",
    "migrations_dir",
    "wait_for_head",
]
