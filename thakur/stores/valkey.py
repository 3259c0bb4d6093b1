"""The embedded Valkey: started on a unix socket, probed by a PING."""

import signal
from pathlib import Path

from thakur.stores.confined import Place
from thakur.stores.copies import readable
from thakur.stores.identity import ServiceUser, hand_over
from thakur.stores.interface import StoreFailed
from thakur.stores.programs import valkey_program
from thakur.stores.server import START_SECONDS, end, launch
from thakur.stores.sockets import connect, is_listening
from thakur.stores.waiting import wait_until

SOCKET_NAME = "valkey.sock"

_SETTINGS = {
    "port": "0",
    "unixsocketperm": "700",
    "save": "",
    "maxmemory-policy": "noeviction",
    "appendonly": "yes",
    "appendfsync": "everysec",
    "daemonize": "no",
    "logfile": "",
    "loglevel": "warning",
}


class Valkey:
    """The server of one data directory; every call is blocking and made under the boot lock."""

    def __init__(self, stores: Path, sockets: Path, user: ServiceUser | None) -> None:
        self._stores = stores
        self.socket = sockets / SOCKET_NAME
        self._user = user

    @property
    def url(self) -> str:
        return f"unix://{self.socket}"

    def start(self) -> None:
        """Start the server unless it runs."""
        if not is_listening(self.socket):
            self._launch()
        elif not wait_until(self._is_ready, START_SECONDS):
            raise StoreFailed("Valkey is running and does not answer", hint=f"Its log is {self._log}.")

    def stop(self) -> None:
        end("Valkey", self.socket, signal.SIGTERM, signal.SIGKILL)

    @property
    def _log(self) -> Path:
        return self._stores / "valkey.log"

    def _launch(self) -> None:
        hand_over(self._stores / "valkey", self._user)
        program = valkey_program()
        if self._user:
            program = readable(program, self._stores / "programs")
        place = Place(self._stores, program, self._user, self._user is not None, ("valkey", "run"))
        # Relative to its directory: short, and the same inside and outside the box.
        settings = _SETTINGS | {"dir": place.inside("valkey"), "unixsocket": f"../run/{SOCKET_NAME}"}
        command = [place.executable()]
        for name, value in settings.items():
            command += [f"--{name}", value]
        launch("Valkey", place, command, self._log, self._is_ready)

    def _is_ready(self) -> bool:
        try:
            if (connection := connect(self.socket)) is None:
                return False
            with connection:
                connection.sendall(b"PING\r\n")
                return connection.recv(64).startswith(b"+PONG")
        except OSError:
            return False
