"""The places of an edge's workers: the sockets that one of them listens on, and the files that name them."""

import secrets
import socket
from dataclasses import dataclass

from thakur.sockets import SocketDirectory

# The longest name that is given here.
LONGEST_NAME = "control-99-ffffffff.sock"


@dataclass(frozen=True, slots=True)
class Place:
    """Where one worker listens: for visitors, for orders, for probes. Whoever holds it keeps what waits there."""

    number: int
    visitors: socket.socket
    control: socket.socket
    door: socket.socket
    control_name: str
    door_name: str

    def close(self) -> None:
        """Hold it no longer. May be called twice."""
        for listener in (self.visitors, self.control, self.door):
            listener.close()


def furnish(sockets: SocketDirectory, number: int, visitors: socket.socket) -> Place:
    """A place at a visitors' socket, with a control socket and a door that no other worker ever had."""
    mark = f"{number}-{secrets.token_hex(4)}.sock"
    control_name, door_name = f"control-{mark}", f"door-{mark}"
    return Place(
        number=number,
        visitors=visitors,
        control=sockets.listen(control_name),
        door=sockets.listen(door_name),
        control_name=control_name,
        door_name=door_name,
    )
