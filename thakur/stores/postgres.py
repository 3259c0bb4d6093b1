"""The embedded PostgreSQL: made once, started on a unix socket, probed by a query."""

import os
import shutil
import signal
from pathlib import Path

import psycopg

from thakur.stores.confined import Place, is_nameless
from thakur.stores.identity import ServiceUser
from thakur.stores.interface import StoreFailed
from thakur.stores.programs import postgres_programs
from thakur.stores.server import end, launch, run
from thakur.stores.sockets import is_listening
from thakur.stores.waiting import wait_until

SOCKET_NAME = ".s.PGSQL.5432"
DATABASE = "thakur"
# After a kill -9 of the postmaster its children take a moment to notice.
PREDECESSOR_SECONDS = 10.0
CONNECT_SECONDS = 5

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
    def url(self) -> str:
        return f"postgresql+psycopg://thakur@/{DATABASE}?host={self._sockets}"

    def start(self) -> None:
        """Make the cluster if there is none, start the server unless it runs, make the database if there is none."""
        if not is_listening(self._sockets / SOCKET_NAME):
            programs = postgres_programs()
            place = Place(self._stores, programs, self._user, self._user is not None, ("pg", "run"))
            if not (self._stores / "pg" / "PG_VERSION").exists():
                self._initialize()
            self._launch(place)
        elif not wait_until(self._is_ready, PREDECESSOR_SECONDS):
            raise StoreFailed("PostgreSQL is running and does not answer", hint=f"Its log is {self._log}.")
        self._create_database()

    def stop(self) -> None:
        end("PostgreSQL", self._sockets / SOCKET_NAME, signal.SIGINT, signal.SIGQUIT)

    @property
    def _log(self) -> Path:
        return self._stores / "postgres.log"

    def _initialize(self) -> None:
        made = self._stores / "pg.new"
        shutil.rmtree(made, ignore_errors=True)
        made.mkdir(mode=0o700)
        if self._user:
            os.chown(made, self._user.uid, self._user.gid)
        is_boxed = self._user is not None or is_nameless()
        place = Place(self._stores, postgres_programs(), self._user, is_boxed, ("pg.new",))
        command = [place.executable("initdb"), "-D", place.inside("pg.new"), "-U", "thakur", "--auth=trust"]
        command += ["--encoding=UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        command += ["--data-checksums", "--no-instructions", *([] if self._is_durable else ["--no-sync"])]
        run("initdb", place, command)
        # Renamed when complete, so that a cluster half made is never started.
        made.replace(self._stores / "pg")

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
