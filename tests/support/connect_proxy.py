"""A forward proxy on loopback, as companies have them: CONNECT and nothing else, with a password."""

import base64
import contextlib
import selectors
import socket
import threading

LOGIN = base64.b64encode(b"ada:p@ss").decode()


class ConnectProxy:
    """Tunnels to the target that it is told, wherever the client meant to go; `targets` are what it was asked for."""

    def __init__(self, target: tuple[str, int]) -> None:
        self.targets: list[str] = []
        self._target = target
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://ada:p%40ss@127.0.0.1:{self._listener.getsockname()[1]}"
        self._thread = threading.Thread(target=self._accept, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        with client, contextlib.suppress(OSError):
            client.settimeout(10)
            head = b""
            while not head.endswith(b"\r\n\r\n"):
                head += client.recv(1)
            self.targets.append(head.split()[1].decode())
            if f"Basic {LOGIN}".encode() not in head:
                client.sendall(b"HTTP/1.1 407 No\r\n\r\n")
                return
            with socket.create_connection(self._target) as upstream, selectors.DefaultSelector() as selector:
                client.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
                selector.register(client, selectors.EVENT_READ, upstream)
                selector.register(upstream, selectors.EVENT_READ, client)
                while True:
                    for key, _ in selector.select(10):
                        chunk = key.fileobj.recv(65536)
                        if not chunk:
                            return
                        key.data.sendall(chunk)
