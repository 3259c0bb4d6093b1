"""Messages between the control part and a proxy worker: four bytes of length, then one JSON object.

Control to worker, and what it answers:

| kind      | fields                                  | answer                                                           |
|-----------|-----------------------------------------|------------------------------------------------------------------|
| hello     | key                                     | hello: version, pid, table; a wrong key closes the connection    |
| listeners |                                         | listeners: of, and with its first byte that many descriptors     |
| table     | version, pools, routes {host: pool id}, trusted [network] | ack: version, once the table is in force between two events      |
| drain     | pool                                    | drained: pool, cut; sent when nothing uses the pool any more     |
| cut       | pool, what ("requests" or "streams")    | nothing of its own; `drained` follows when that was the rest     |
| status    |                                         | status: version, connections, in_flight {pool id: count}         |
| leave     |                                         | nothing; it stops accepting and exits when its clients are gone  |

`hello`, `listeners` and `leave` are the same in every version, so that any version can take over from any other.
A pool in a table is {id, upstreams: [[host, port]], directory, is_spa, earlier}. A pool that the newest table no longer lists is
draining: it finishes what it has claimed and gets nothing new. One that comes again with other upstreams gives its next
requests to these.
"""

import json
import struct
from typing import Any

VERSION = 1
# What `of` names in the answer to `listeners`.
VISITORS, DOOR, CONTROL = "visitors", "door", "control"
MESSAGE_BYTES = 16 * 1024 * 1024
_LENGTH = struct.Struct(">I")

Message = dict[str, Any]


class WireBroken(Exception):
    """The other side sent what is no message."""


def encode(message: Message) -> bytes:
    """The bytes of one message."""
    body = json.dumps(message, separators=(",", ":")).encode()
    return _LENGTH.pack(len(body)) + body


class Decoder:
    """Turns received bytes into messages, however they were cut up."""

    def __init__(self) -> None:
        self._rest = b""

    def feed(self, data: bytes) -> list[Message]:
        """The messages that are complete now. Raises WireBroken."""
        self._rest += data
        messages: list[Message] = []
        while len(self._rest) >= _LENGTH.size:
            (length,) = _LENGTH.unpack_from(self._rest)
            if length > MESSAGE_BYTES:
                raise WireBroken(f"a message of {length} bytes")
            end = _LENGTH.size + length
            if len(self._rest) < end:
                break
            messages.append(_parse(self._rest[_LENGTH.size : end]))
            self._rest = self._rest[end:]
        return messages


def _parse(body: bytes) -> Message:
    try:
        message = json.loads(body)
    except ValueError as error:
        raise WireBroken("no JSON") from error
    if not isinstance(message, dict) or "kind" not in message:
        raise WireBroken("no kind")
    return message
