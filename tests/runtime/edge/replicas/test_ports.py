import socket
from pathlib import Path

import pytest

from thakur.runtime import DeploymentRefused
from thakur.runtime.edge.replicas import ports
from thakur.runtime.edge.replicas.ports import FIRST_PORT, LAST_PORT, Ports


def _listener(host: str) -> socket.socket:
    listener = socket.socket()
    # The friendliest listener there is: it would let others in.
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    listener.bind((host, Ports(range(28_000, 29_000)).take()))
    listener.listen()
    return listener


@pytest.mark.parametrize("host", ["127.0.0.1", "0.0.0.0"])
def test_a_port_on_which_somebody_listens_is_passed_over(host: str) -> None:
    with _listener(host) as listener:
        taken = listener.getsockname()[1]

        assert Ports(range(taken, taken + 2)).take() == taken + 1


def test_no_port_is_given_twice_before_it_is_released() -> None:
    some = Ports(range(15_000, 15_003))

    given = {some.take(), some.take(), some.take()}

    assert given == {15_000, 15_001, 15_002}
    with pytest.raises(DeploymentRefused) as refused:
        some.take()
    assert refused.value.failure.code == "ports_exhausted"
    some.release(15_001)
    some.release(15_001)
    assert some.take() == 15_001


def test_a_released_port_is_the_last_to_be_used_again() -> None:
    some = Ports(range(15_010, 15_013))
    first = some.take()
    some.release(first)

    assert [some.take(), some.take()] != [first, first]
    assert some.take() == first


def test_ports_that_the_kernel_hands_out_are_never_given(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    span = tmp_path / "ip_local_port_range"
    span.write_text("15020\t15021\n")
    monkeypatch.setattr(ports, "EPHEMERAL_RANGE", span)

    assert Ports(range(15_020, 15_023)).take() == 15_022


def test_a_port_comes_from_the_product_s_range() -> None:
    assert FIRST_PORT <= Ports().take() <= LAST_PORT
