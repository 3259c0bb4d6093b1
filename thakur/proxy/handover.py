"""The first and the last word with a worker of an earlier start, of whatever version: who it is, its sockets, goodbye.

Blocking, for a thread: asyncio's transports do not receive descriptors.
"""

import os
import socket
import struct
from dataclasses import dataclass
from typing import Self

from thakur.proxy.dataplane.wire import CONTROL, DOOR, VISITORS, Decoder, Message, WireBroken, encode
from thakur.proxy.link import LinkLost

ANSWER_SECONDS = 10.0
_RECEIVE_BYTES = 4096
_DESCRIPTORS = 16
_INT = struct.Struct("i")


@dataclass(frozen=True, slots=True)
class Handover:
    """What a worker told of itself, and the sockets on which it listens: ours as well as its from now on."""

    version: int
    pid: int
    table: int
    visitors: socket.socket
    control: socket.socket
    door: socket.socket

    def close(self) -> None:
        """Hold its sockets no longer."""
        for listener in (self.visitors, self.control, self.door):
            listener.close()


def take_over(address: str, key: str) -> Handover:
    """Ask a worker that serves who it is, and for its sockets. Raises LinkLost."""
    with _Conversation(address) as worker:
        hello = worker.ask({"kind": "hello", "key": key}, "hello")
        told = worker.ask({"kind": "listeners"}, "listeners")
        found = dict(zip(told.get("of", ()), worker.sockets(), strict=False))
    if {VISITORS, CONTROL, DOOR} - found.keys():
        for listener in found.values():
            listener.close()
        raise LinkLost("it does not hand over what it listens on")
    return Handover(
        version=int(hello.get("version", 0)),
        pid=int(hello.get("pid", 0)),
        table=int(hello.get("table", 0)),
        visitors=found[VISITORS],
        control=found[CONTROL],
        door=found[DOOR],
    )


def dismiss(address: str, key: str) -> None:
    """Ask a worker to leave. Raises LinkLost."""
    with _Conversation(address) as worker:
        worker.ask({"kind": "hello", "key": key}, "hello")
        worker.send({"kind": "leave"})


class _Conversation:
    def __init__(self, address: str) -> None:
        self._decoder = Decoder()
        self._received: list[int] = []
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self._socket.settimeout(ANSWER_SECONDS)
        try:
            self._socket.connect(address)
        except OSError as error:
            self._socket.close()
            raise LinkLost(str(error)) from error

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.close()
        for descriptor in self._received:
            os.close(descriptor)

    def send(self, message: Message) -> None:
        try:
            self._socket.sendall(encode(message))
        except OSError as error:
            raise LinkLost(str(error)) from error

    def ask(self, message: Message, kind: str) -> Message:
        self.send(message)
        while True:
            for answer in self._receive():
                if answer["kind"] == kind:
                    return answer

    def sockets(self) -> list[socket.socket]:
        received, self._received = self._received, []
        return [socket.socket(fileno=descriptor) for descriptor in received]

    def _receive(self) -> list[Message]:
        try:
            data, described, _, _ = self._socket.recvmsg(
                _RECEIVE_BYTES, socket.CMSG_SPACE(_DESCRIPTORS * _INT.size), socket.MSG_CMSG_CLOEXEC
            )
            for _, kind, descriptors in described:
                if kind == socket.SCM_RIGHTS:
                    whole = len(descriptors) // _INT.size * _INT.size
                    self._received += [descriptor for (descriptor,) in _INT.iter_unpack(descriptors[:whole])]
            if data:
                return self._decoder.feed(data)
        except (OSError, WireBroken) as error:
            raise LinkLost(str(error)) from error
        raise LinkLost("it hung up")
