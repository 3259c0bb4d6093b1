"""Tests of where a request comes from, and whom that is believed."""

import ipaddress

import pytest

from thakur.api.visits import Arrival, Entrance, arrival_of

TRUSTED = (ipaddress.ip_network("10.0.0.0/8"),)
OPEN = Entrance(trusted=TRUSTED)
LOOPBACK = Entrance(is_loopback=True, trusted=TRUSTED)
PROXY = Entrance(is_proxy_only=True, trusted=TRUSTED)


@pytest.mark.parametrize(
    ("entrance", "peer", "headers", "expected"),
    [
        (OPEN, "192.0.2.1", {}, Arrival("192.0.2.1", False, False)),
        # Whoever is not trusted may write what they like.
        (
            OPEN,
            "192.0.2.1",
            {"x-forwarded-for": "1.2.3.4", "x-forwarded-proto": "https"},
            Arrival("192.0.2.1", False, False),
        ),
        (LOOPBACK, "127.0.0.1", {"x-forwarded-proto": "https"}, Arrival("127.0.0.1", False, True)),
        (
            OPEN,
            "10.0.0.1",
            {"x-forwarded-for": "1.2.3.4", "x-forwarded-proto": "https"},
            Arrival("1.2.3.4", True, False),
        ),
        # The last hop that nobody trusted has written is the visitor.
        (OPEN, "10.0.0.1", {"x-forwarded-for": "6.6.6.6, 1.2.3.4, 10.0.0.2"}, Arrival("1.2.3.4", False, False)),
        (OPEN, "10.0.0.1", {"x-forwarded-for": "no address"}, Arrival("", False, False)),
        (OPEN, "10.0.0.1", {}, Arrival("10.0.0.1", False, False)),
        # A proxy beside the loopback listener makes it reachable from anywhere.
        (
            Entrance(is_loopback=True, trusted=(ipaddress.ip_network("127.0.0.1"),)),
            "127.0.0.1",
            {"x-forwarded-for": "1.2.3.4"},
            Arrival("1.2.3.4", False, False),
        ),
        (PROXY, "", {"x-forwarded-for": "1.2.3.4", "x-forwarded-proto": "http"}, Arrival("1.2.3.4", False, False)),
        (
            PROXY,
            "",
            {"x-forwarded-for": "1.2.3.4, 10.0.0.1", "x-forwarded-proto": "https"},
            Arrival("1.2.3.4", True, False),
        ),
    ],
)
def test_forwarded_fields_count_when_they_come_from_who_is_trusted(entrance, peer, headers, expected):
    assert arrival_of(peer, "http", headers, entrance) == expected


def test_nobody_signs_in_over_a_way_that_others_can_read():
    assert Arrival("192.0.2.1", is_https=True, is_loopback=False).may_sign_in
    assert Arrival("127.0.0.1", is_https=False, is_loopback=True).may_sign_in
    assert not Arrival("192.0.2.1", is_https=False, is_loopback=False).may_sign_in


def test_the_safe_cookie_is_for_https():
    assert Arrival("", is_https=True, is_loopback=False).cookie == "__Host-thakur_session"
    assert Arrival("", is_https=False, is_loopback=True).cookie == "thakur_session"
