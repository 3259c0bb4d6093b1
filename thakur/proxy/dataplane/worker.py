"""The proxy worker, a program of its own: `python -I -S .../thakur/proxy/dataplane/worker.py --home PATH --listen FD ...`.

It gets its sockets and the controller's key as open descriptors, drops its rights, and serves until it is told to leave.
"""

import sys

if __name__ == "__main__":  # isolated (-I -S): only what the package's parent directory holds is added
    sys.path.insert(0, sys.argv[sys.argv.index("--home") + 1])

import argparse
import ctypes
import gc
import os
import resource
import signal
import socket

from thakur.proxy.dataplane.control import Control
from thakur.proxy.dataplane.crowd import limit_of
from thakur.proxy.dataplane.journal import Journal
from thakur.proxy.dataplane.limits import Limits
from thakur.proxy.dataplane.listener import Door, Listener
from thakur.proxy.dataplane.loop import Watched
from thakur.proxy.dataplane.plane import Plane

_SPARE_DESCRIPTORS = 64
_KEY_BYTES = 4096
_PR_SET_NO_NEW_PRIVS = 38
_GIVEN_LISTENERS_KEEP_ALIVE = ((socket.SOL_SOCKET, socket.SO_KEEPALIVE), (socket.IPPROTO_TCP, socket.TCP_NODELAY))


def main(arguments: list[str]) -> None:
    """Run a worker until it has left."""
    given = _parse(arguments)
    limits = Limits()
    for assignment in given.limit:
        limits.override(assignment)
    root_fd = os.open(given.static_root, os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC) if given.static_root else -1
    key = _read_key(given.key)
    if given.sockets:
        os.chdir(given.sockets)  # whose parents are closed to the user that we become
    _drop_rights(given.uid, given.gid)

    plane = Plane(limits, Journal(), root_fd)
    plane.connections_limit = limits.connections or (_raise_descriptors() - _SPARE_DESCRIPTORS) // 2
    plane.crowd.limit = limits.address_connections or limit_of(plane.connections_limit)
    visitors = [Listener(plane, _adopt(fd)) for fd in given.listen]
    visitors += [Door(plane, _adopt(fd)) for fd in given.probe]
    control = Control(plane, _adopt(given.control), key, visitors)
    _obey_signals(control, limits)
    gc.freeze()  # what lives as long as the worker need not be looked at again
    plane.loop.run()


class _Bell(Watched):
    """Wakes the loop for a signal: the first asks it to leave, the second to go."""

    __slots__ = ("control", "has_rung", "limits")

    def __init__(self, control: Control, limits: Limits) -> None:
        super().__init__()
        self.control = control
        self.limits = limits
        self.has_rung = False
        self.fd = os.eventfd(0, os.EFD_NONBLOCK | os.EFD_CLOEXEC)
        control.plane.loop.add(self.fd, self)

    def ring(self, _number: int, _frame: object) -> None:
        os.eventfd_write(self.fd, 1)

    def on_readable(self) -> None:
        """Leave."""
        os.eventfd_read(self.fd)
        if self.has_rung:
            self.control.plane.loop.stop()
        else:
            self.has_rung = True
            self.control.leave(self.limits.leave_idle_seconds, self.limits.leave_seconds)


def _parse(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="thakur-proxy-worker", allow_abbrev=False)
    parser.add_argument("--home", required=True, metavar="PATH", help="the directory that holds the package")
    parser.add_argument("--listen", type=int, action="append", default=[], metavar="FD", help="visitors' socket")
    parser.add_argument("--probe", type=int, action="append", default=[], metavar="FD", help="private door")
    parser.add_argument("--control", type=int, required=True, metavar="FD", help="socket for orders")
    parser.add_argument("--key", type=int, default=0, metavar="FD", help="where the controller's key is read from")
    parser.add_argument("--static-root", default="", metavar="PATH", help="directory that holds the pools' directories")
    parser.add_argument("--sockets", default="", metavar="PATH", help="directory that holds the pools' unix sockets")
    parser.add_argument("--uid", type=int, default=-1)
    parser.add_argument("--gid", type=int, default=-1)
    parser.add_argument("--limit", action="append", default=[], metavar="NAME=NUMBER", help="see limits.py")
    return parser.parse_args(arguments)


def _read_key(fd: int) -> bytes:
    with os.fdopen(fd, "rb") as source:
        key = source.read(_KEY_BYTES).strip()
    if not key:
        raise SystemExit("no key was given")
    if fd == 0:
        os.open(os.devnull, os.O_RDONLY)  # so that no visitor gets the number of standard input
    return key


def _drop_rights(uid: int, gid: int) -> None:
    if gid >= 0:
        os.setgroups([])
        os.setresgid(gid, gid, gid)
    if uid >= 0:
        os.setresuid(uid, uid, uid)
    if ctypes.CDLL(None).prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0:
        raise SystemExit("no_new_privs cannot be set")


def _raise_descriptors() -> int:
    _soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    return hard


def _adopt(fd: int) -> socket.socket:
    sock = socket.socket(fileno=fd)
    sock.setblocking(False)
    os.set_inheritable(fd, False)
    if sock.family != socket.AF_UNIX:
        for level, option in _GIVEN_LISTENERS_KEEP_ALIVE:
            sock.setsockopt(level, option, 1)  # accepted sockets inherit both
    return sock


def _obey_signals(control: Control, limits: Limits) -> None:
    bell = _Bell(control, limits)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGPIPE, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, bell.ring)


if __name__ == "__main__":
    main(sys.argv[1:])
