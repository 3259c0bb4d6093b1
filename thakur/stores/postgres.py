"""The embedded PostgreSQL: made once, started on a unix socket, probed by a query."""

import os
import shutil
import signal
from contextlib import suppress
from pathlib import Path

import psycopg

from thakur.stores.confined import Place, is_nameless
from thakur.stores.copies import readable
from thakur.stores.identity import ServiceUser, hand_over
from thakur.stores.interface import StoreFailed
from thakur.stores.programs import Program, postgres_programs
from thakur.stores.server import START_SECONDS, end, is_running, launch, run
from thakur.stores.sockets import is_listening
from thakur.stores.waiting import wait_until

SOCKET_NAME = ".s.PGSQL.5432"
DATABASE = "thakur"
# After a kill -9 of the postmaster its children take a moment to notice.
PREDECESSOR_SECONDS = 10.0
CONNECT_SECONDS = 5
# Above every pid that Linux gives.
NO_PID = 2**30

_SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "max_connections": "60",
    "shared_buffers": "32MB",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_wal_size": "256MB",
    "min_wal_size": "32MB",
    "jit": "off",
    "io_method": "sync",
    "autovacuum_worker_slots": "1",
    "autovacuum_max_workers": "1",
    "max_parallel_workers": "0",
    "max_worker_processes": "2",
    "max_logical_replication_workers": "0",
    "log_destination": "stderr",
    "logging_collector": "off",
    "log_checkpoints": "off",
    "log_timezone": "UTC",
}
_FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


class Postgres:
    """The server of one data directory; every call is blocking and made under the boot lock."""

    def __init__(self, stores: Path, sockets: Path, user: ServiceUser | None, *, is_durable: bool) -> None:
        self._stores = stores
        self._sockets = sockets
        self._user = user
        self._is_durable = is_durable

    @property
    def socket(self) -> Path:
        return self._sockets / SOCKET_NAME

    @property
    def url(self) -> str:
        return f"postgresql+psycopg://thakur@/{DATABASE}?host={self._sockets}"

    def start(self) -> None:
        """Make the cluster if there is none, start the server unless it runs, make the database if there is none."""
        # A child of a server that was killed may hold its socket for a moment more, and will never answer.
        if not wait_until(lambda: not is_listening(self.socket) or self._is_ready(), START_SECONDS):
            raise StoreFailed("PostgreSQL is running and does not answer", hint=f"Its log is {self._log}.")
        if not is_listening(self.socket):
            self._start_anew()
        self._create_database()

    def stop(self) -> None:
        end("PostgreSQL", self.socket, signal.SIGINT, signal.SIGQUIT)

    def _start_anew(self) -> None:
        programs = postgres_programs()
        if self._user:
            programs = readable(programs, self._stores / "programs")
        if not (self._stores / "pg" / "PG_VERSION").exists():
            self._initialize(programs)
        hand_over(self._stores / "pg", self._user)
        self._disown()
        self._launch(Place(self._stores, programs, self._user, self._user is not None, ("pg", "run")))

    @property
    def _log(self) -> Path:
        return self._stores / "postgres.log"

    def _initialize(self, programs: Program) -> None:
        made = self._stores / "pg.new"
        shutil.rmtree(made, ignore_errors=True)
        made.mkdir(mode=0o700)
        if self._user:
            os.chown(made, self._user.uid, self._user.gid)
        is_boxed = self._user is not None or is_nameless()
        place = Place(self._stores, programs, self._user, is_boxed, ("pg.new",))
        command = [place.executable("initdb"), "-D", place.inside("pg.new"), "-U", "thakur", "--auth=trust"]
        command += ["--encoding=UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        command += ["--data-checksums", "--no-instructions", *([] if self._is_durable else ["--no-sync"])]
        hint = "" if self._user or not is_boxed else f"Give the uid {os.geteuid()} a name in /etc/passwd."
        run("initdb", place, command, hint)
        # Renamed when complete, so that a cluster half made is never started.
        made.replace(self._stores / "pg")

    def _disown(self) -> None:
        # Nobody listens and the boot lock is ours, yet PostgreSQL gives up when a pid on record exists, be it a zombie
        # or by now a stranger's. The rest of the file stays: by it a new server tells that children of the old one live.
        with suppress(FileNotFoundError, ValueError):
            file = os.open(self._stores / "pg" / "postmaster.pid", os.O_RDWR | os.O_NOFOLLOW | os.O_CLOEXEC)
            with os.fdopen(file, "r+") as record:
                pid, _, rest = record.read().partition("\n")
                if not is_running(int(pid), "postgres"):
                    record.seek(0)
                    record.write(f"{NO_PID}\n{rest}")
                    record.truncate()
                    self.socket.with_name(f"{SOCKET_NAME}.lock").unlink()

    def _launch(self, place: Place) -> None:
        settings = _SETTINGS if self._is_durable else _SETTINGS | _FAST
        settings = settings | {
            # Relative to the cluster: short, and the same inside and outside the box.
            "unix_socket_directories": "../run",
            "hba_file": place.inside("conf", "pg_hba.conf"),
            "ident_file": place.inside("conf", "pg_ident.conf"),
        }
        command = [place.executable("postgres"), "-D", place.inside("pg")]
        for name, value in settings.items():
            command += ["-c", f"{name}={value}"]
        failure: list[StoreFailed] = []

        def is_started() -> bool:
            try:
                launch("PostgreSQL", place, command, self._log, self._is_ready)
            except StoreFailed as error:
                failure[:] = [error]
                return "postmaster.pid" not in error.message and "shared memory block" not in error.message
            failure.clear()
            return True

        wait_until(is_started, PREDECESSOR_SECONDS)
        if failure:
            raise failure[0]

    def _is_ready(self) -> bool:
        try:
            self._connect("postgres").close()
        except psycopg.OperationalError:
            return False
        return True

    def _create_database(self) -> None:
        with self._connect("postgres") as connection:
            found = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (DATABASE,)).fetchone()
            if not found:
                connection.execute(f"CREATE DATABASE {DATABASE}")

    def _connect(self, database: str) -> psycopg.Connection[tuple[object, ...]]:
        return psycopg.connect(
            host=str(self._sockets), user="thakur", dbname=database, connect_timeout=CONNECT_SECONDS, autocommit=True
        )
