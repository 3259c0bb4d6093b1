"""Accept-Encoding: what a visitor says, and which form it gets."""

import pytest

from thakur.proxy.dataplane.static.encoding import choose

BOTH = (b"zstd", b"gzip")


@pytest.mark.parametrize(
    ("accepted", "coding"),
    [
        (b"", b""),
        (b"gzip", b"gzip"),
        (b"GZIP", b"gzip"),
        (b"x-gzip", b"gzip"),
        (b"gzip, deflate, br, zstd", b"zstd"),
        (b"gzip,deflate,br,zstd", b"zstd"),
        (b"br, deflate", b""),
        (b"zstd;q=0.5, gzip;q=1.0", b"gzip"),
        (b"zstd ; q=0.5 , gzip ; Q=0.500", b"zstd"),
        (b"zstd;q=0, gzip", b"gzip"),
        (b"gzip;q=0", b""),
        (b"gzip;q=0.000, *;q=0", b""),
        (b"*", b"zstd"),
        (b"*;q=0.1, zstd;q=0", b"gzip"),
        (b"identity", b""),
        (b"identity, gzip;q=0.5", b""),
        (b"gzip, identity;q=0.5", b"gzip"),
        (b"gzip, identity", b"gzip"),
        (b"identity;q=0", b""),
        (b"gzip;q=2, zstd;q=-1", b""),
        (b"gzip;q=abc", b""),
        (b"gzip;level=9", b""),
        (b"gzipped, xgzip", b""),
        (b",,gzip,,", b"gzip"),
        (b"gzip, " + b"a" * 1000, b""),
    ],
)
def test_the_form_that_the_visitor_likes_best(accepted: bytes, coding: bytes) -> None:
    assert choose(accepted, BOTH) == coding


def test_only_what_is_there_is_chosen() -> None:
    assert choose(b"gzip, zstd", (b"gzip",)) == b"gzip"
    assert choose(b"gzip, zstd", ()) == b""
