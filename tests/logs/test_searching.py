"""Tests of looking for lines in a whole stream."""

import pytest

from thakur.logs import Entry, Level, Search
from thakur.logs.service import LocalLogs

LINES = [
    Entry("installing left-pad"),
    Entry("100% of_it", Level.WARNING),
    Entry("Left out", Level.ERROR),
    Entry("done", Level.SUCCESS),
]


@pytest.mark.parametrize(
    ("search", "numbers"),
    [
        (Search(), [1, 2, 3, 4]),
        (Search(words="LEFT"), [1, 3]),
        (Search(words="%"), [2]),
        (Search(words="f_i"), [2]),
        (Search(words="left", levels=(Level.ERROR,)), [3]),
        (Search(words="\\"), []),
        (Search(levels=(Level.WARNING, Level.SUCCESS)), [2, 4]),
    ],
)
async def test_lines_are_found_by_words_in_any_case_and_by_level(
    logs: LocalLogs, stream_id: int, search: Search, numbers: list[int]
):
    await logs.append(stream_id, LINES)

    found = await logs.search(stream_id, search, 0, 10)

    assert [line.number for line in found.lines] == numbers
    assert found.matches == len(numbers)


async def test_a_page_of_a_search_counts_all_that_match(logs: LocalLogs, stream_id: int):
    await logs.append(stream_id, LINES)

    found = await logs.search(stream_id, Search(), 1, 2)

    assert [line.number for line in found.lines] == [2, 3]
    assert found.matches == 4


async def test_what_was_cleared_is_not_found_and_does_not_count(logs: LocalLogs, stream_id: int):
    await logs.append(stream_id, LINES)
    await logs.clear(stream_id)
    await logs.append(stream_id, [Entry("left alone")])

    assert [line.number for line in (await logs.search(stream_id, Search(words="left"), 0, 10)).lines] == [5]
    extent = await logs.extent(stream_id)
    assert (extent.first, extent.last, extent.lines, extent.has_ended) == (5, 5, 1, False)


async def test_an_empty_stream_has_no_lines(logs: LocalLogs, stream_id: int):
    assert (await logs.extent(stream_id)).lines == 0
