import os
import socket
import subprocess
import sys

import pytest

from thakur.proxy import AddressUnusable, PortTaken
from thakur.proxy.ports import address_of, open_listeners, owners_of, prove_free
from thakur.settings import Address

LOOPBACK = Address("127.0.0.1", 0)


def test_all_listeners_share_one_port() -> None:
    listeners = open_listeners(LOOPBACK, 3)

    assert len({address_of(listener) for listener in listeners}) == 1
    close(listeners)


def test_a_port_of_another_process_is_refused_with_its_owner() -> None:
    listens = (
        "import socket, sys; s = socket.create_server(('127.0.0.1', 0)); print(s.getsockname()[1], flush=True); input()"
    )
    with subprocess.Popen([sys.executable, "-c", listens], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        assert other.stdout
        port = int(other.stdout.readline())

        with pytest.raises(PortTaken) as raised:
            open_listeners(Address("127.0.0.1", port), 1)

        other.communicate(b"\n")
    assert f"(pid {other.pid})" in raised.value.message
    assert f"Port {port} is taken by python" in raised.value.message


def test_a_port_that_shares_itself_is_refused_too() -> None:
    listeners = open_listeners(LOOPBACK, 1)

    with pytest.raises(PortTaken):
        open_listeners(address_of(listeners[0]), 1)

    close(listeners)


def test_a_port_that_is_taken_on_one_address_is_taken_for_all_addresses() -> None:
    listeners = open_listeners(LOOPBACK, 1)

    with pytest.raises(PortTaken):
        open_listeners(Address("0.0.0.0", address_of(listeners[0]).port), 1)

    close(listeners)


def test_connections_that_just_ended_do_not_take_the_port() -> None:
    (listener,) = open_listeners(LOOPBACK, 1)
    address = address_of(listener)
    client = socket.create_connection((address.host, address.port))
    accepted, _ = listener.accept()
    # Whoever closes first keeps the port in TIME_WAIT.
    accepted.close()
    client.close()
    listener.close()

    close(open_listeners(address, 2))


def test_an_address_of_another_host_is_unusable() -> None:
    with pytest.raises(AddressUnusable) as raised:
        open_listeners(Address("192.0.2.1", 8080), 1)

    assert "THAKUR_HTTP=192.0.2.1:8080" in raised.value.message


def test_the_setting_that_would_help_is_named() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server, pytest.raises(PortTaken) as raised:
        prove_free(address_of(server), "THAKUR_ADDRESS")

    assert "THAKUR_ADDRESS" in raised.value.hint


def test_ipv6_is_listened_on() -> None:
    listeners = open_listeners(Address("::1", 0), 2)

    assert str(address_of(listeners[0])).startswith("[::1]:")
    close(listeners)


def test_the_owner_of_a_port_is_found() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        owners = owners_of(server.getsockname()[1])

    assert len(owners) == 1
    assert owners[0].endswith(f"(pid {os.getpid()})")


def test_a_port_that_nobody_listens_on_has_no_owner() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]

    assert owners_of(port) == []


def close(listeners: list[socket.socket]) -> None:
    for listener in listeners:
        listener.close()
