"""A unix socket's listener: whether there is one, and which process it is."""

import os
import select
import signal
import socket
import struct
from pathlib import Path

PROBE_SECONDS = 2.0


def connect(path: Path) -> socket.socket | None:
    """Connect to a listening socket; None when nobody listens."""
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    connection.settimeout(PROBE_SECONDS)
    try:
        connection.connect(str(path))
    except (FileNotFoundError, ConnectionRefusedError):
        connection.close()
        return None
    except BaseException:
        connection.close()
        raise
    return connection


def is_listening(path: Path) -> bool:
    connection = connect(path)
    if connection is None:
        return False
    connection.close()
    return True


def open_listener(path: Path) -> int | None:
    """Open a pidfd of the process that listens on `path`; None when there is none.

    The kernel says who listens: a pid file may name a stranger.
    """
    connection = connect(path)
    if connection is None:
        return None
    with connection:
        pid, _, _ = struct.unpack("3i", connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12))
        try:
            return os.pidfd_open(pid)
        except ProcessLookupError:
            return None


def end_listener(path: Path, number: signal.Signals, within_seconds: float) -> bool:
    """Send a signal to the process that listens on `path`; True when it has ended or there was none."""
    process = open_listener(path)
    if process is None:
        return True
    try:
        signal.pidfd_send_signal(process, number)
        ending = select.poll()
        ending.register(process, select.POLLIN)
        return bool(ending.poll(within_seconds * 1000))
    except ProcessLookupError:
        return True
    finally:
        os.close(process)
