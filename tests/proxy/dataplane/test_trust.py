"""Tests of what a proxy in front says of its visitors."""

import pytest

from thakur.proxy.dataplane.trust import forwarded_by, is_trusted, read_networks


@pytest.mark.parametrize(
    ("fields", "way", "proto"),
    [
        (b"", b"10.0.0.1", b"http"),
        (b"X-Forwarded-For: 1.2.3.4\r\nX-Forwarded-Proto: https\r\n", b"1.2.3.4, 10.0.0.1", b"https"),
        (b"x-forwarded-for: 6.6.6.6\r\nX-Forwarded-For:1.2.3.4 \r\n", b"6.6.6.6, 1.2.3.4, 10.0.0.1", b"http"),
        # The last proto is the nearest proxy's own word.
        (b"X-Forwarded-Proto: https\r\nX-Forwarded-Proto: http\r\n", b"10.0.0.1", b"http"),
        (b"X-Forwarded-Proto: HTTPS\r\nX-Forwarded-For: \r\n", b"10.0.0.1", b"https"),
        (b"X-Forwarded-Proto: https, http\r\n", b"10.0.0.1", b"http"),
    ],
)
def test_what_it_says_is_passed_on_with_its_own_address(fields: bytes, way: bytes, proto: bytes):
    block = b"\r\nHost: a.test\r\n" + fields + b"\r\n"

    told = b"X-Forwarded-For: %b\r\nX-Forwarded-Proto: %b\r\nX-Forwarded-Host: " % (way, proto)
    assert forwarded_by(block, b"10.0.0.1") == told


def test_a_proxy_is_known_by_its_network():
    networks = read_networks(["10.0.0.0/8", "fd00::/8"])

    assert [is_trusted(address, networks) for address in (b"10.1.2.3", b"fd00::1", b"11.0.0.1", b"::1")] == [
        True,
        True,
        False,
        False,
    ]
