"""Chunked bodies: where they end and what is refused (point 1 of the correctness list)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thakur.proxy.dataplane.chunks import MALFORMED, MORE, Chunks

BODY = b'5\r\nhello\r\nA;ext=1;q="a b"\r\n0123456789\r\n0\r\nTrailer: x\r\nHost: y\r\n\r\n'


def feed_all(data: bytes) -> int:
    """What one byte at a time comes to."""
    chunks = Chunks()
    for place in range(len(data)):
        end = chunks.feed(data[place : place + 1])
        if end != MORE:
            return end if end == MALFORMED else place + end
    return MORE


def test_a_body_ends_where_it_ends():
    assert Chunks().feed(BODY) == len(BODY)
    assert Chunks().feed(BODY + b"GET / HTTP/1.1") == len(BODY)
    assert feed_all(BODY) == len(BODY)


@pytest.mark.parametrize("place", range(1, len(BODY)))
def test_a_body_may_be_split_anywhere(place):
    chunks = Chunks(keeps=True)
    assert chunks.feed(BODY[:place]) == MORE
    assert chunks.feed(BODY[place:] + b"next") == len(BODY) - place
    assert b"".join(chunks.pieces) == b"hello0123456789"


@pytest.mark.parametrize(
    "data",
    [
        b"5\nhello\r\n", b"5\r\nhello\n0\r\n\r\n", b"5\r\nhelloX\r\n", b"5\r\nhello0\r\n\r\n", b"5;a\rb\r\nhello\r\n", b"5;a\nb\r\nhello\r\n",
        b"\r\n", b"-1\r\n", b"0x5\r\n", b" 5\r\n", b"5 \r\n", b"+5\r\n", b"g\r\n", b"1" * 16 + b"\r\n", b"5;\x00\r\nhello\r\n", b"5;;\r\nhello\r\n",
        b"0\r\nbad trailer\r\n\r\n", b"0\r\n folded\r\n\r\n", b"0\r\nX: a\nY: b\r\n\r\n", b"5" * 300, b"5;" + b"a" * 300, b"0\r\nX: " + b"a" * 20000,
    ],
)  # fmt: skip
def test_what_breaks_the_grammar_is_malformed(data):
    assert Chunks().feed(data) == MALFORMED
    assert feed_all(data) == MALFORMED


@given(st.lists(st.binary(min_size=1, max_size=40), max_size=6), st.lists(st.integers(1, 50), min_size=1, max_size=40))
def test_any_pieces_of_any_body_give_its_data_back(pieces, sizes):
    body = b"".join(b"%x\r\n%b\r\n" % (len(piece), piece) for piece in pieces) + b"0\r\n\r\n"
    chunks = Chunks(keeps=True)
    position, turn = 0, 0
    while position < len(body):
        size = sizes[turn % len(sizes)]
        turn += 1
        end = chunks.feed(body[position : position + size])
        position += size
        assert end == MORE or position >= len(body)
    assert b"".join(chunks.pieces) == b"".join(pieces)
