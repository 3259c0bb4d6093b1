"""Tests of the days of runtime lines."""

import asyncio
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import text

from support.waiting import eventually
from thakur.background import Tasks
from thakur.db import Database
from thakur.logs.partitions import RUNTIME_DAYS, Partitions

TODAY = date(2031, 5, 30)


async def days(db: Database) -> list[str]:
    async with db.session() as session:
        found = await session.scalars(
            text("SELECT inhrelid::regclass::text FROM pg_inherits WHERE inhparent = 'runtime_lines'::regclass"),
        )
        return sorted(found)


@pytest.fixture
async def _no_partitions(db: Database) -> None:
    async with db.session() as session:
        for partition in await days(db):
            await session.execute(text(f"DROP TABLE {partition}"))


@pytest.mark.usefixtures("_no_partitions")
async def test_today_and_two_days_more_are_made_once(db: Database):
    partitions = Partitions(db)

    await partitions.keep(TODAY)
    await partitions.keep(TODAY)

    assert await days(db) == ["runtime_lines_20310530", "runtime_lines_20310531", "runtime_lines_20310601"]


@pytest.mark.usefixtures("_no_partitions")
async def test_a_day_is_dropped_when_seven_more_have_passed(db: Database):
    partitions = Partitions(db)
    await partitions.keep(TODAY)

    await partitions.keep(TODAY + timedelta(days=RUNTIME_DAYS))
    assert "runtime_lines_20310530" in await days(db)

    await partitions.keep(TODAY + timedelta(days=RUNTIME_DAYS + 1))
    assert "runtime_lines_20310530" not in await days(db)
    assert "runtime_lines_20310531" in await days(db)


async def test_several_processes_may_keep_them_at_once(committed_db: Database):
    today = datetime.now(UTC).date()

    await asyncio.gather(*(Partitions(committed_db).keep(today) for _ in range(4)))

    assert f"runtime_lines_{today:%Y%m%d}" in await days(committed_db)


async def test_a_server_that_starts_keeps_them_at_once(committed_db: Database):
    tasks = Tasks()
    tomorrow = datetime.now(UTC).date() + timedelta(days=1)

    tasks.spawn(Partitions(committed_db).run(), "partitions")

    async def is_made() -> bool:
        return f"runtime_lines_{tomorrow:%Y%m%d}" in await days(committed_db)

    await eventually(is_made)
    await tasks.stop()
