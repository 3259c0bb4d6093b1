"""Tests of the rows of streams."""

import asyncio
from typing import Any

import pytest

from thakur.db import Database
from thakur.logs import Entry, StreamNotFound
from thakur.logs.store import LineStore
from thakur.logs.streams import Streams


@pytest.fixture
def streams(committed_db: Database) -> Streams:
    return Streams(committed_db)


async def test_a_build_has_one_stream_however_often_it_is_opened(streams: Streams, owner: Any):
    first = await streams.open_build(owner.project_id, 7)

    assert await streams.open_build(owner.project_id, 7) == first
    assert await streams.open_build(owner.project_id, 8) != first


async def test_opening_again_takes_the_end_back_and_goes_on_counting(
    committed_db: Database,
    streams: Streams,
    owner: Any,
):
    stream_id = await streams.open_build(owner.project_id, 7)
    await LineStore(committed_db).add_to_build(stream_id, [Entry("first attempt")])
    assert await streams.end(stream_id) == 1

    await streams.open_build(owner.project_id, 7)

    stream = await streams.get(stream_id)
    assert (stream.ended_at, stream.last_number) == (None, 1)


async def test_an_end_stays_when_it_is_told_twice(streams: Streams, owner: Any):
    stream_id = await streams.open_build(owner.project_id, 7)
    await streams.end(stream_id)
    ended_at = (await streams.get(stream_id)).ended_at

    await streams.end(stream_id)

    assert ended_at is not None
    assert (await streams.get(stream_id)).ended_at == ended_at


async def test_an_environment_has_one_stream_also_when_two_processes_ask(streams: Streams, owner: Any):
    asked = (streams.open_runtime(owner.project_id, owner.environment_id) for _ in range(5))

    assert len(set(await asyncio.gather(*asked))) == 1


async def test_nothing_is_opened_or_found_for_what_is_gone(streams: Streams, owner: Any):
    with pytest.raises(StreamNotFound):
        await streams.open_build(owner.project_id + 1, 1)
    with pytest.raises(StreamNotFound):
        await streams.get(1)
    assert await streams.end(1) is None
    assert await streams.find([1]) == {}
