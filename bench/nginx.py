"""nginx with one worker, as an upstream and as the proxy to compare with."""

import os
import shutil
import signal
import socket
import subprocess
import time
from pathlib import Path
from typing import Self

START_SECONDS = 5.0
STOP_SECONDS = 5.0

_CONFIG = """
{user}
daemon off;
worker_processes 1;
pid {directory}/pid;
error_log {directory}/error.log;
events {{ worker_connections 4096; }}
http {{
    access_log off;
    keepalive_requests 1000000000;
    client_body_temp_path {directory}/body;
    proxy_temp_path {directory}/proxy;
    fastcgi_temp_path {directory}/fastcgi;
    uwsgi_temp_path {directory}/uwsgi;
    scgi_temp_path {directory}/scgi;
    {more}
}}
"""
_ANSWERING = """
    server {{
        listen 127.0.0.1:{port};
        location / {{ default_type text/plain; return 200 "{body}"; }}
    }}
"""
_FORWARDING = """
    upstream target {{ server 127.0.0.1:{upstream}; keepalive 128; keepalive_requests 1000000000; }}
    server {{
        listen 127.0.0.1:{port} backlog=4096;
        location / {{
            proxy_pass http://target;
            proxy_http_version 1.1;
            proxy_set_header Connection "";
            proxy_set_header Host $host;
            proxy_set_header X-Forwarded-For $remote_addr;
            proxy_set_header X-Forwarded-Proto $scheme;
            proxy_set_header X-Forwarded-Host $host;
        }}
    }}
"""


class Nginx:
    """One running nginx; `with` ends it."""

    def __init__(self, directory: Path, port: int, more: str) -> None:
        program = shutil.which("nginx", path="/usr/sbin:/usr/local/sbin:/usr/bin:/usr/local/bin")
        if program is None:
            raise SystemExit("nginx is not installed: apt-get install nginx-light")
        directory.mkdir(parents=True)
        self.port = port
        config = directory / "nginx.conf"
        user = "user root;" if os.geteuid() == 0 else ""
        config.write_text(_CONFIG.format(user=user, directory=directory, more=more))
        self._process = subprocess.Popen([program, "-c", str(config), "-e", f"{directory}/error.log"])
        self._wait()

    @classmethod
    def answering(cls, directory: Path, body_bytes: int) -> "Nginx":
        """Answers everything with a small text."""
        port = _free_port()
        return cls(directory, port, _ANSWERING.format(port=port, body="x" * body_bytes))

    @classmethod
    def forwarding(cls, directory: Path, upstream: int) -> "Nginx":
        """Forwards everything to a port of this host, with kept-alive connections."""
        port = _free_port()
        return cls(directory, port, _FORWARDING.format(port=port, upstream=upstream))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *failure: object) -> None:
        self._process.send_signal(signal.SIGTERM)
        self._process.wait(STOP_SECONDS)

    def worker_pid(self) -> int:
        pid = self._process.pid
        return int(Path(f"/proc/{pid}/task/{pid}/children").read_text().split()[0])

    def _wait(self) -> None:
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline and self._process.poll() is None:
            try:
                socket.create_connection(("127.0.0.1", self.port)).close()
            except OSError:
                time.sleep(0.02)
            else:
                return
        raise SystemExit("nginx does not start")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
