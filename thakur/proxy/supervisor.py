"""The proxy workers of this host: started, kept alive, given tables, drained, ended."""

import asyncio
import contextlib
import os
import socket
import sys
from pathlib import Path

from thakur.background import Tasks
from thakur.proxy import record
from thakur.proxy.interface import ProxyUnavailable
from thakur.proxy.ports import address_of, open_listeners
from thakur.proxy.process import Process
from thakur.proxy.slot import Changes, Slot
from thakur.proxy.wire import Message
from thakur.settings import Address
from thakur.sockets import SocketDirectory

WORKERS_LIMIT = 2
START_SECONDS = 20.0
LOG_TAIL_BYTES = 400
PROGRAM = Path(__file__).with_name("worker.py")
_HOME = Path(__file__).parents[2]


class Supervisor:
    """Holds each worker's listeners for its whole life, so that a worker that dies loses no connection that waits."""

    def __init__(
        self,
        http: Address,
        directory: Path,
        static_root: Path,
        *,
        uid: int | None = None,
        gid: int | None = None,
        count: int | None = None,
        program: Path = PROGRAM,
    ) -> None:
        self.table: Message = {"kind": "table", "version": 0, "pools": [], "routes": {}}
        self.changes = Changes()
        self._http = http
        self._directory = directory
        self._static_root = static_root
        self._owner = (uid, gid)
        self._count = count or min(WORKERS_LIMIT, os.cpu_count() or 1)
        self._program = program
        self._sockets: SocketDirectory | None = None
        self._listeners: list[tuple[socket.socket, socket.socket, socket.socket]] = []
        self._slots: list[Slot] = []
        self._tasks = Tasks()
        self._key = ""
        self._turn = 0

    @property
    def listens_on(self) -> Address:
        return address_of(self._listeners[0][0]) if self._listeners else self._http

    async def start(self, table: Message) -> None:
        """End what an earlier start left, then run the workers. Raises PortTaken, AddressUnusable, ProxyUnavailable."""
        self._directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._directory.chmod(0o700)
        self._sockets = SocketDirectory(self._directory, _control(self._count))
        self._static_root.mkdir(parents=True, exist_ok=True)
        await record.end_recorded(self._directory)
        self._key = record.key_of(self._directory)
        self.table = table
        try:
            self._open(self._sockets)
            for slot in self._slots:
                self._tasks.spawn(slot.keep(), f"keep proxy worker {slot.number}")
            await self._acked_by_all()
        except BaseException:
            await self.stop(0)
            raise

    async def install(self, table: Message, within_seconds: float) -> None:
        """Bring every worker that serves to this table. Raises ProxyUnavailable; they may get it later all the same."""
        self.table = table
        self.changes.tell()
        try:
            async with asyncio.timeout(within_seconds):
                await self.changes.until(self._is_in_force)
        except TimeoutError as error:
            raise ProxyUnavailable("The proxy did not take the new routes in time.", hint=self._last_words()) from error

    async def drain(self, pool_id: str, within_seconds: float, streams_seconds: float) -> int:
        """How many uses of the pool had to be cut, over all workers. Raises ProxyUnavailable."""
        draining = [slot.drain(pool_id, within_seconds, streams_seconds) for slot in self._slots]
        try:
            return sum(await asyncio.gather(*draining))
        except TimeoutError as error:
            raise ProxyUnavailable("The proxy did not let go of the old replicas in time.") from error

    def next_door(self) -> str:
        """Where to probe: the private door of a worker that serves, another one each time. Raises ProxyUnavailable."""
        serving = [slot.number for slot in self._slots if slot.acked]
        if self._sockets is None or not serving:
            raise ProxyUnavailable("No proxy worker runs.", hint=self._last_words())
        self._turn += 1
        return self._sockets.address(_door(serving[self._turn % len(serving)]))

    def pids(self) -> list[int]:
        """The workers' process ids."""
        return [slot.process.identity.pid for slot in self._slots if slot.process and slot.process.is_running]

    async def stop(self, drain_seconds: float) -> None:
        """Let the workers finish what they have, then end them."""
        if self._sockets is None:
            return
        for slot in self._slots:
            slot.leave()
        # A listener that somebody still holds would go on collecting visitors whom nobody answers.
        self._close_listeners()
        await asyncio.gather(*(slot.end(drain_seconds) for slot in self._slots))
        await self._tasks.stop()
        record.forget(self._directory)
        for slot in self._slots:
            self._sockets.remove(_control(slot.number))
            self._sockets.remove(_door(slot.number))
        self._close()

    async def release(self) -> None:
        """Leave the workers running with the table that they have, for the next start to find."""
        await self._tasks.stop()
        for slot in self._slots:
            slot.release()
        self._close_listeners()
        self._close()

    def _open(self, sockets: SocketDirectory) -> None:
        for number, http in enumerate(open_listeners(self._http, self._count)):
            self._listeners.append((http, sockets.listen(_control(number)), sockets.listen(_door(number))))
            self._slots.append(Slot(number, self._launch, sockets.address(_control(number)), self._key, self))

    def _launch(self, number: int) -> Process:
        http, control, door = (listener.fileno() for listener in self._listeners[number])
        key, key_writer = os.pipe()
        log = os.open(self._log(number), os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            os.write(key_writer, self._key.encode())
            os.close(key_writer)
            process = Process.start(self._argv(http, control, door, key), (http, control, door, key), log)
        finally:
            os.close(key)
            os.close(log)
        self._save(number, process)
        return process

    def _argv(self, http: int, control: int, door: int, key: int) -> list[str]:
        argv = [sys.executable, "-I", "-S", str(self._program), "--home", str(_HOME)]
        argv += ["--listen", str(http), "--control", str(control), "--probe", str(door), "--key", str(key)]
        argv += ["--static-root", str(self._static_root)]
        uid, gid = self._owner
        if uid is not None and gid is not None:
            argv += ["--uid", str(uid), "--gid", str(gid)]
        return argv

    def _save(self, number: int, process: Process) -> None:
        running = {slot.number: slot.process.identity for slot in self._slots if slot.process}
        running[number] = process.identity
        workers = tuple(
            record.Worker(process=identity, control=_control(each), door=_door(each))
            for each, identity in sorted(running.items())
        )
        record.save(self._directory, record.Record(listens_on=str(self.listens_on), workers=workers))

    async def _acked_by_all(self) -> None:
        try:
            async with asyncio.timeout(START_SECONDS):
                await self.changes.until(lambda: all(slot.acked == self.table["version"] for slot in self._slots))
        except TimeoutError as error:
            raise ProxyUnavailable("The proxy's workers do not start.", hint=self._last_words()) from error

    def _is_in_force(self) -> bool:
        version = self.table["version"]
        is_anywhere = any(slot.acked == version for slot in self._slots)
        return is_anywhere and all(slot.acked == version for slot in self._slots if slot.given)

    def _last_words(self) -> str:
        for slot in self._slots:
            with contextlib.suppress(OSError):
                words = self._log(slot.number).read_bytes()[-LOG_TAIL_BYTES:].decode(errors="replace").strip()
                if words:
                    return f"A worker's last line: {words.splitlines()[-1]}"
        return ""

    def _log(self, number: int) -> Path:
        return self._directory / f"worker-{number}.log"

    def _close_listeners(self) -> None:
        for listeners in self._listeners:
            for listener in listeners:
                listener.close()

    def _close(self) -> None:
        self._listeners, self._slots = [], []
        if self._sockets is not None:
            self._sockets.close()
            self._sockets = None


def _control(number: int) -> str:
    return f"control-{number}.sock"


def _door(number: int) -> str:
    return f"door-{number}.sock"
