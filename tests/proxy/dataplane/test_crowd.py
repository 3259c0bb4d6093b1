import pytest

from thakur.proxy.dataplane.crowd import Crowd, limit_of


def test_places_are_counted_by_address_and_given_back():
    crowd = Crowd(2)
    for _ in range(2):
        crowd.enter(b"192.0.2.1")
    assert crowd.is_too_many(b"192.0.2.1")
    assert not crowd.is_too_many(b"192.0.2.2")

    crowd.leave(b"192.0.2.1")
    assert not crowd.is_too_many(b"192.0.2.1")
    crowd.leave(b"192.0.2.1")
    assert len(crowd) == 0


@pytest.mark.parametrize(
    ("one", "other", "is_same"),
    [
        (b"2001:db8::1", b"2001:db8::2", True),
        (b"2001:db8::1", b"2001:db8:0:0:ffff::", True),
        (b"2001:db8:1:2:3:4:5:6", b"2001:db8:1:2::", True),
        (b"2001:db8:1:2::1", b"2001:db8:1:3::1", False),
        (b"::1", b"1::", False),
        (b"fe80::1", b"::", False),
    ],
)
def test_a_network_of_64_bits_is_one_address(one: bytes, other: bytes, is_same: bool):
    crowd = Crowd(1)
    crowd.enter(one)

    assert crowd.is_too_many(other) is is_same


def test_an_address_may_have_a_quarter_of_all_places_and_never_too_few():
    assert [limit_of(count) for count in (0, 100, 4000)] == [64, 64, 1000]
