import os
import socket
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path

import pytest

from thakur.sandbox.watching import listening

HOST = "127.0.0.1"
# Listens where it is told, says so, and lives until its input ends.
NEIGHBOUR = """
import socket, sys
listener = socket.socket(socket.AF_INET6 if ":" in sys.argv[1] else socket.AF_INET)
if ":" in sys.argv[1]:
    listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, int("only" in sys.argv))
if "shared" in sys.argv:
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
listener.bind((sys.argv[1], int(sys.argv[2])))
listener.listen()
print("ready", flush=True)
sys.stdin.read()
"""


class Street:
    """Programs that listen on one port."""

    def __init__(self, stack: ExitStack) -> None:
        self._stack = stack
        with socket.socket() as probe:
            probe.bind((HOST, 0))
            self.port = probe.getsockname()[1]

    def open(self, *words: str) -> int:
        """Its pid."""
        address, *ways = words
        program = subprocess.Popen(
            [sys.executable, "-I", "-S", "-c", NEIGHBOUR, address, str(self.port), *ways],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        self._stack.enter_context(program)
        self._stack.callback(program.kill)
        assert program.stdout is not None
        assert program.stdout.readline() == b"ready\n"
        return program.pid

    def reaches(self, pid: int) -> bool:
        return listening.is_reached([pid], HOST, self.port)


@pytest.fixture
def street():
    with ExitStack() as stack:
        yield Street(stack)


def test_only_listening_sockets_of_the_given_processes_count():
    with socket.socket() as listener, socket.socket() as bound, socket.socket(socket.AF_INET6) as sixth:
        for one in (listener, bound):
            one.bind((HOST, 0))
        sixth.bind(("::1", 0))
        listener.listen()
        sixth.listen()
        ports = {listener.getsockname()[1], sixth.getsockname()[1]}

        assert listening.listening_ports([os.getpid()]) >= ports
        assert bound.getsockname()[1] not in listening.listening_ports([os.getpid()])
        assert listening.listening_ports([os.getppid(), 2**22]).isdisjoint(ports)


@pytest.mark.parametrize("address", [HOST, "0.0.0.0", "::", "::ffff:127.0.0.1"])
def test_who_listens_alone_is_reached(street: Street, address: str) -> None:
    pid = street.open(address)

    assert street.reaches(pid)
    assert not street.reaches(os.getpid())


@pytest.mark.parametrize("address", ["::1", "127.0.0.2"])
def test_who_listens_at_another_address_is_not_reached(street: Street, address: str) -> None:
    assert not street.reaches(street.open(address))


def test_a_neighbour_at_the_very_address_gets_the_connections(street: Street) -> None:
    replica = street.open("::", "only")
    neighbour = street.open(HOST)

    assert street.port in listening.listening_ports([replica])
    assert not street.reaches(replica)
    assert street.reaches(neighbour)


def test_a_port_that_is_shared_with_a_neighbour_is_not_ones_own(street: Street) -> None:
    replica, neighbour = (street.open("0.0.0.0", "shared") for _ in range(2))

    assert not street.reaches(replica)
    assert listening.is_reached([replica, neighbour], HOST, street.port)


@pytest.mark.parametrize("table", ["tcp", "tcp6"])
def test_the_kernel_tells_of_listeners_before_connections(table: str) -> None:
    host, family = ("::1", socket.AF_INET6) if table == "tcp6" else (HOST, socket.AF_INET)
    with ExitStack() as stack:
        for _ in range(3):
            listener = stack.enter_context(socket.create_server((host, 0), family=family))
            stack.enter_context(socket.create_connection(listener.getsockname()[:2]))
        states = [line.split()[3] for line in Path(f"/proc/self/net/{table}").read_text().splitlines()[1:]]

    first = next(number for number, state in enumerate(states) if state != listening.LISTEN)
    assert listening.LISTEN not in states[first:], "what is read stops at the first connection"
