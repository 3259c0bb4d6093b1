"""The loop's rules: point 15 of the correctness list."""

import socket

from thakur.proxy.dataplane.loop import FOREVER, Loop, Watched


class Peer(Watched):
    """Does what the test says when it can read."""

    def __init__(self, loop: Loop, sock: socket.socket, then) -> None:
        super().__init__()
        self.fd = sock.fileno()
        self.sock = sock
        self.loop = loop
        self.then = then
        self.calls: list[str] = []
        loop.add(self.fd, self)

    def on_readable(self) -> None:
        self.calls.append("read")
        self.then(self)

    def on_deadline(self) -> None:
        self.calls.append("deadline")
        self.deadline = FOREVER
        self.then(self)

    def close(self) -> None:
        if self.fd >= 0:
            self.loop.remove(self.fd, self.sock)
            self.fd = -1


def test_an_event_of_a_closed_descriptor_does_not_reach_its_next_owner():
    loop = Loop(0.01)
    pairs = [socket.socketpair() for _ in range(2)]
    made: list[tuple[int, socket.socket]] = []

    def close_both(_peer: Peer) -> None:
        numbers = {peer.fd for peer in peers if peer.fd >= 0}
        for peer in peers:
            peer.close()
        fresh = socket.socket()
        made.append((fresh.fileno() in numbers, fresh))
        loop.stop()

    peers = [Peer(loop, near, close_both) for near, _ in pairs]
    for _, far in pairs:
        far.send(b"x")
    loop.run()
    assert sorted(len(peer.calls) for peer in peers) == [0, 1]
    assert not made[0][0]  # the numbers are not free before the batch is over
    for sock in (made[0][1], *(sock for pair in pairs for sock in pair)):
        sock.close()


def test_a_hang_up_is_readable_even_when_nothing_is_waited_for():
    loop = Loop(0.01)
    near, far = socket.socketpair()
    peer = Peer(loop, near, lambda peer: peer.loop.stop())
    loop.want(peer.fd, 0)
    far.close()
    loop.run()
    assert peer.calls == ["read"]
    near.close()


def test_a_deadline_is_told_by_the_sweep():
    loop = Loop(0.01)
    near, far = socket.socketpair()
    peer = Peer(loop, near, lambda peer: peer.loop.stop())
    peer.deadline = loop.now + 0.02
    loop.run()
    assert peer.calls == ["deadline"]
    near.close()
    far.close()


def test_a_bug_costs_one_connection(capfd):
    loop = Loop(0.01)
    one, two = socket.socketpair(), socket.socketpair()

    def fail(_peer: Peer) -> None:
        raise ZeroDivisionError

    broken = Peer(loop, one[0], fail)
    whole = Peer(loop, two[0], lambda peer: peer.loop.stop())
    one[1].send(b"x")
    whole.deadline = loop.now + 0.05
    loop.run()
    assert (broken.fd, whole.calls) == (-1, ["deadline"])
    assert "ZeroDivisionError" in capfd.readouterr().err
    for sock in (*one, *two):
        sock.close()
