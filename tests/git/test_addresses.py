"""Which hosts and addresses may be reached."""

import pytest

from thakur.git.fetching import addresses
from thakur.git.fetching.dialing import Dialer
from thakur.git.fetching.stops import Stopped

PUBLIC = ("public",)


@pytest.mark.parametrize("address", ["140.82.121.4", "2606:50c0:8000::153", "::ffff:140.82.121.4"])
def test_addresses_of_the_internet_are_public(address: str) -> None:
    assert addresses.is_public(address)


@pytest.mark.parametrize(
    "address",
    [
        *(
            "127.0.0.1",
            "10.1.2.3",
            "172.16.0.1",
            "192.168.1.1",
            "169.254.169.254",
            "100.64.0.1",
            "0.0.0.0",
            "224.0.0.1",
        ),
        *("::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1", "ff02::1", "240.0.0.1", "255.255.255.255"),
        # The same, written inside an IPv6 address.
        *("::ffff:127.0.0.1", "::ffff:169.254.169.254", "2002:7f00:1::", "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe"),
    ],
)
def test_every_other_address_is_not(address: str) -> None:
    assert not addresses.is_public(address)


def test_a_host_must_be_named_or_all_be_public() -> None:
    addresses.check_host("github.com", PUBLIC)
    addresses.check_host("git.corp.example", ("*.corp.example",))
    for host, hosts, code in [
        ("github.com", ("git.example.com",), "host_refused"),
        ("corp.example", ("*.corp.example",), "host_refused"),
        ("evilcorp.example", ("*.corp.example",), "host_refused"),
        ("169.254.169.254", PUBLIC, "address_refused"),
    ]:
        with pytest.raises(Stopped, match=code):
            addresses.check_host(host, hosts)


@pytest.mark.parametrize("host", ["localhost", "127.1", "0x7f.1", "2130706433", "LOCALHOST."])
def test_what_is_connected_to_is_the_address_and_not_the_name(host: str) -> None:
    with pytest.raises(Stopped, match="address_refused"):
        Dialer(PUBLIC, {}).connect(host, 1)


def test_a_name_with_one_private_address_among_others_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    found = [(2, 1, 6, "", (address, 443)) for address in ("140.82.121.4", "10.0.0.1")]
    monkeypatch.setattr("socket.getaddrinfo", lambda *_, **__: found)

    with pytest.raises(Stopped) as stopped:
        Dialer(PUBLIC, {}).connect("rebound.example", 443)

    assert stopped.value.facts["address"] == "10.0.0.1"


def test_a_proxy_of_this_place_reaches_no_private_address_either() -> None:
    with pytest.raises(Stopped, match="address_refused"):
        Dialer(PUBLIC, {"HTTPS_PROXY": "http://127.0.0.1:1"}).connect("localhost", 443)
    with pytest.raises(Stopped, match="proxy_unreachable"):
        Dialer(("localhost",), {"HTTPS_PROXY": "http://127.0.0.1:1"}).connect("localhost", 443)
    with pytest.raises(Stopped, match="unreachable"):
        Dialer(("localhost",), {"HTTPS_PROXY": "http://127.0.0.1:1", "NO_PROXY": ".a, localhost"}).connect(
            "localhost", 1
        )
