"""Tests of cutting output into lines."""

from itertools import pairwise

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from thakur.logs import LINE_BYTES, LineCutter
from thakur.logs.cutting import CUT_MARK, lines_of

OUTPUT = st.lists(
    st.sampled_from([b"\n", b"\r", b"\r\n", b"a", "é🙂".encode(), b"\xff", b"\0", b"\x1b[31m", b"x" * 5000]),
    max_size=40,
).map(b"".join) | st.binary(max_size=300)


def cut(*reads: bytes) -> list[str]:
    cutter = LineCutter()
    return [line for data in reads for line in cutter.feed(data)] + cutter.rest()


@given(OUTPUT, st.lists(st.integers(0, 20_000), max_size=8))
@example(b"a\r\nb\r\n", [1, 2, 3, 4, 5])
@example("é\r🙂\r\n".encode(), [1, 2, 3, 4, 5, 6, 7, 8])
def test_any_chunking_gives_the_same_lines(output: bytes, cuts: list[int]):
    places = sorted([0, *(min(place, len(output)) for place in cuts), len(output)])
    reads = [output[start:end] for start, end in pairwise(places)]

    assert cut(*reads) == cut(output)


@given(OUTPUT)
def test_every_line_can_be_stored_and_is_within_the_limit(output: bytes):
    for line in cut(output):
        assert len(line.encode()) <= LINE_BYTES
        assert not {"\n", "\r", "\0"} & set(line)


@pytest.mark.parametrize(
    ("output", "lines"),
    [
        (b"", []),
        (b"one\ntwo\n", ["one", "two"]),
        (b"one\n\ntwo", ["one", "", "two"]),
        (b"dos\r\nlines\r\n", ["dos", "lines"]),
        (b"10%\r50%\r100%\n", ["100%"]),
        (b"10%\r100%\r\n", ["100%"]),
        (b"10%\r100%\r", ["100%"]),
        (b"\x1b[1mbold\x1b[0m\n", ["\x1b[1mbold\x1b[0m"]),
        ("né\n".encode(), ["né"]),
        (b"n\xe9\n", ["n\ufffd"]),
        (b"a\0b\n", ["a\ufffdb"]),
    ],
)
def test_output_becomes_the_lines_that_a_terminal_would_leave(output: bytes, lines: list[str]):
    assert cut(output) == lines
    assert cut(*(bytes([byte]) for byte in output)) == lines


def test_a_line_of_the_limit_is_whole_and_a_longer_one_says_that_it_is_cut():
    whole, longer = b"x" * LINE_BYTES, b"x" * (LINE_BYTES + 1)

    assert cut(whole) == [whole.decode()]
    (line,) = cut(longer)
    assert line.endswith(CUT_MARK)
    assert len(line.encode()) == LINE_BYTES


def test_a_cut_never_splits_a_character():
    (line,) = cut("🙂".encode() * 5000)

    assert "\ufffd" not in line
    assert set(line.removesuffix(CUT_MARK)) == {"🙂"}


def test_a_line_without_an_end_takes_no_memory():
    cutter = LineCutter()
    for _ in range(1000):
        cutter.feed(b"x" * 100_000)

    assert len(cutter._segment) <= LINE_BYTES + 1


def test_words_of_our_own_become_lines_too():
    assert lines_of("one\r\ntwo\n\nthree") == ["one", "two", "", "three"]
    assert lines_of("") == [""]
    assert lines_of("half \ud800 and \0") == ["half ? and \ufffd"]
