"""Orders from the control part: tables in, acknowledgements and word of drained pools out."""

import os
import socket
import struct

from thakur.proxy.dataplane import faults
from thakur.proxy.dataplane.client import ClientConnection
from thakur.proxy.dataplane.connection import RECEIVE_BYTES, Connection
from thakur.proxy.dataplane.faults import ERROR
from thakur.proxy.dataplane.intake import IDLE
from thakur.proxy.dataplane.listener import Door, Listener
from thakur.proxy.dataplane.loop import FOREVER
from thakur.proxy.dataplane.plane import Plane
from thakur.proxy.dataplane.table import Pool
from thakur.proxy.dataplane.wire import CONTROL, DOOR, VERSION, VISITORS, Decoder, Message, WireBroken, encode


class Control(Listener):
    """Accepts controllers; the newest that knows the key is the one that is obeyed."""

    __slots__ = ("_cuts", "_key", "controller", "visitors")

    def __init__(self, plane: Plane, sock: socket.socket, key: bytes, visitors: list[Listener]) -> None:
        super().__init__(plane, sock)
        self._key = key
        self._cuts: dict[str, int] = {}
        self.visitors = visitors
        self.controller: Controller | None = None
        plane.on_unused = self._tell_drained
        self.open()

    def is_full(self) -> bool:
        """There is always room for orders."""
        return False

    def welcome(self, sock: socket.socket, address: bytes) -> None:  # noqa: ARG002  (a unix socket has none)
        """Hear a new controller out."""
        Controller(self, sock)

    def obey(self, controller: "Controller", message: Message) -> None:
        """Do one order. Raises KeyError, TypeError or ValueError for what is none."""
        kind = message["kind"]
        if kind == "table":
            table = self.plane.table.succeed(message)
            self.plane.install(table)
            # Not before the first table: a worker that was started again would answer 404 for every host.
            for listener in self.visitors:
                listener.open()
            controller.say({"kind": "ack", "version": table.version})
        elif kind == "drain":
            self._drain(str(message["pool"]))
        elif kind == "cut":
            self._cut(str(message["pool"]), is_streams=message["what"] == "streams")
        elif kind == "status":
            controller.say(self._status())
        elif kind == "listeners":
            controller.hand_over(self._listeners())
        elif kind == "leave":
            self.leave()
        else:
            raise ValueError(kind)

    def knows(self, key: str) -> bool:
        """Whether this is the key, in constant time."""
        offered = key.encode()
        difference = len(offered) ^ len(self._key)
        for mine, theirs in zip(self._key, offered, strict=False):
            difference |= mine ^ theirs
        return difference == 0

    def install(self, controller: "Controller") -> None:
        """This controller is obeyed from now on."""
        if self.controller is not None:
            self.controller.close()
        self.controller = controller
        table = self.plane.table.version
        controller.say({"kind": "hello", "version": VERSION, "pid": os.getpid(), "table": table})

    def leave(self, idle_seconds: float | None = None, within_seconds: float | None = None) -> None:
        """Take no more visitors, and end when the last one has gone.

        A kept-alive visitor is told with its next answer. `idle_seconds` bounds how long one that says nothing is waited
        for, and `within_seconds` everybody.
        """
        plane = self.plane
        plane.is_leaving = True
        for listener in self.visitors:
            listener.close()
        now = plane.loop.now
        if idle_seconds is not None:
            for client in _clients(plane):
                if client.state == IDLE and not client.is_in_head:
                    client.deadline = min(client.deadline, now + idle_seconds)
        if within_seconds is not None:
            self.deadline = now + within_seconds
        if plane.connections == 0:
            plane.loop.stop()

    def on_deadline(self) -> None:
        """Go now, if that is what was waited for."""
        if self.plane.is_leaving:
            self.plane.loop.stop()
        else:
            super().on_deadline()

    def _drain(self, pool_id: str) -> None:
        pool = self.plane.find_pool(pool_id)
        if pool is None or pool.is_unused():
            self._tell(pool_id)
        else:
            pool.is_watched = True

    def _cut(self, pool_id: str, *, is_streams: bool) -> None:
        pool = self.plane.find_pool(pool_id)
        if pool is None:
            return
        for client in _clients(self.plane):
            if client.pool is not pool or client.is_stream != is_streams:
                continue
            self._cuts[pool_id] = self._cuts.get(pool_id, 0) + 1
            if client.has_begun:
                client.cut(resets=True)
            else:
                client.fail(faults.DRAIN_CUT)
                client.advance()

    def _tell_drained(self, pool: Pool) -> None:
        # A cut counts when its loop is through with it: the last one must not be told before it is counted.
        self._tell(pool.id)

    def _tell(self, pool_id: str) -> None:
        cut = self._cuts.pop(pool_id, 0)
        if self.controller is not None:
            self.controller.say({"kind": "drained", "pool": pool_id, "cut": cut})

    def _listeners(self) -> list[tuple[str, int]]:
        opened = [(DOOR if isinstance(each, Door) else VISITORS, each.fd) for each in self.visitors if each.fd >= 0]
        return [*opened, (CONTROL, self.fd)]

    def _status(self) -> Message:
        plane = self.plane
        pools = [*plane.table.pools.values(), *plane.draining.values()]
        in_flight = {pool.id: pool.requests + pool.streams for pool in pools}
        return {
            "kind": "status",
            "version": plane.table.version,
            "connections": plane.connections,
            "in_flight": in_flight,
        }


class Controller(Connection):
    """One controller's connection. Until it has said hello it is a stranger with a deadline."""

    __slots__ = ("_control", "_decoder", "is_known")

    def __init__(self, control: Control, sock: socket.socket) -> None:
        super().__init__(control.plane.loop, sock)
        self._control = control
        self._decoder = Decoder()
        self.is_known = False
        self.deadline = self.loop.now + control.plane.limits.hello_seconds

    def say(self, message: Message) -> None:
        """Send a message."""
        self.write(encode(message))

    def hand_over(self, listeners: list[tuple[str, int]]) -> None:
        """Send our sockets to whoever will hold them beside us."""
        answer = encode({"kind": "listeners", "of": [what for what, _ in listeners]})
        descriptors = struct.pack(f"{len(listeners)}i", *(fd for _, fd in listeners))
        try:
            is_sent = not self.out and self.sock.sendmsg(
                [answer], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, descriptors)]
            ) == len(answer)
        except OSError:
            is_sent = False
        if not is_sent:
            self.close()

    def on_readable(self) -> None:
        """Take orders."""
        try:
            data = self.recv(RECEIVE_BYTES)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data:
            self.close()
            return
        try:
            for message in self._decoder.feed(data):
                if self.fd >= 0:
                    self._take(message)
        except (WireBroken, KeyError, TypeError, ValueError) as error:
            self._control.plane.journal.write(ERROR, "controller not understood", reason=repr(error)[:200])
            self.close()

    def on_writable(self) -> None:
        """Send what waited."""
        self.flush()

    def on_deadline(self) -> None:
        """It has not said hello in time."""
        self.close()

    def close(self) -> None:
        """Hear it no more."""
        if self.release() and self._control.controller is self:
            self._control.controller = None

    def _take(self, message: Message) -> None:
        if self.is_known:
            self._control.obey(self, message)
        elif message["kind"] == "hello" and self._control.knows(str(message["key"])):
            self.is_known = True
            self.deadline = FOREVER
            self._control.install(self)
        else:
            self.close()


def _clients(plane: Plane) -> list[ClientConnection]:
    return [watched for watched in plane.loop.watched.values() if isinstance(watched, ClientConnection)]
