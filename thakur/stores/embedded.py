"""The two stores of a data directory, shared by all the processes that use it."""

import asyncio
import os
import stat
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TypeVar

from thakur.settings import Settings
from thakur.stores.confined import accounts
from thakur.stores.identity import ServiceUser, service_user
from thakur.stores.interface import DevNullBroken, StoreFailed, StoreUrls
from thakur.stores.locks import Users, booting
from thakur.stores.postgres import SOCKET_NAME as LONGEST_SOCKET_NAME
from thakur.stores.postgres import Postgres
from thakur.stores.sockets import SocketDirectory
from thakur.stores.valkey import Valkey

T = TypeVar("T")


class Stores:
    """One process's share in the stores."""

    def __init__(self, settings: Settings, *, is_durable: bool = True) -> None:
        self._settings = settings
        self._is_durable = is_durable
        self._share: _Share | None = None

    async def start(self) -> StoreUrls:
        """Boot or join what the settings do not name by URL; a canceled or failed start leaves nothing behind.

        Raises StoreMissing, StoreFailed, DevNullBroken.
        """
        try:
            return await _to_end(self._start)
        except BaseException:
            await self.stop()
            raise

    async def stop(self) -> None:
        """Leave; the last process to leave stops the servers. May be called twice."""
        await _to_end(self._stop)

    def _start(self) -> StoreUrls:
        settings = self._settings
        database_url, redis_url = settings.database_url, settings.redis_url
        if database_url is None or redis_url is None:
            self._share = share = _Share(settings.data_dir / "stores", is_durable=self._is_durable)
            share.join(with_database=database_url is None, with_redis=redis_url is None)
            database_url, redis_url = database_url or share.postgres.url, redis_url or share.valkey.url
        return StoreUrls(_with_driver(database_url), redis_url)

    def _stop(self) -> None:
        share, self._share = self._share, None
        if share:
            share.leave()


@asynccontextmanager
async def running(settings: Settings, *, is_durable: bool = True) -> AsyncIterator[StoreUrls]:
    """Use the stores for the length of a block."""
    stores = Stores(settings, is_durable=is_durable)
    urls = await stores.start()
    try:
        yield urls
    finally:
        await stores.stop()


async def stop_unused(settings: Settings) -> None:
    """Stop servers that a killed process left behind; does nothing while somebody uses them."""
    directory = settings.data_dir / "stores"
    if (directory / "run").exists():
        await _to_end(lambda: _Share(directory).leave())


class _Share:
    def __init__(self, directory: Path, *, is_durable: bool = True) -> None:
        user = service_user()
        _prepare(directory, user)
        self._boot_lock = directory / "boot.lock"
        self._users = Users(directory / "users.lock")
        self._sockets = SocketDirectory(directory / "run", LONGEST_SOCKET_NAME)
        self.postgres = Postgres(directory, self._sockets.path, user, is_durable=is_durable)
        self.valkey = Valkey(directory, self._sockets.path, user)

    def join(self, *, with_database: bool, with_redis: bool) -> None:
        with booting(self._boot_lock):
            self._users.join()
            if with_database:
                self.postgres.start()
            if with_redis:
                self.valkey.start()

    def leave(self) -> None:
        try:
            with booting(self._boot_lock):
                if self._users.is_last():
                    self.postgres.stop()
                    self.valkey.stop()
        finally:
            self._users.leave()
            self._sockets.close()


def _prepare(directory: Path, user: ServiceUser | None) -> None:
    _require_dev_null()
    try:
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        for name in ("run", "valkey"):
            (directory / name).mkdir(mode=0o700, exist_ok=True)
            if user:
                os.chown(directory / name, user.uid, user.gid)
        configuration = directory / "conf"
        configuration.mkdir(exist_ok=True)
        configuration.chmod(0o755)
        for name, text in _configuration(user).items():
            (configuration / name).write_text(text)
            (configuration / name).chmod(0o644)
    except PermissionError as error:
        raise StoreFailed(
            f"The stores in {directory} belong to another user", hint="Start as the user who made the data directory."
        ) from error


def _configuration(user: ServiceUser | None) -> dict[str, str]:
    passwd, group = accounts(user)
    # Run as root, only root connects: the service user's other processes have no business in the database.
    method = "peer map=operator" if user else "trust"
    return {
        "passwd": passwd,
        "group": group,
        "pg_hba.conf": f"local all all {method}\n",
        "pg_ident.conf": "operator root thakur\n",
    }


def _require_dev_null() -> None:
    mode = Path("/dev/null").stat().st_mode
    if not stat.S_ISCHR(mode) or mode & 0o666 != 0o666:
        raise DevNullBroken(
            f"/dev/null has mode {stat.filemode(mode)}; everybody must be able to write to it",
            hint="Make it again: rm -f /dev/null && mknod -m 666 /dev/null c 1 3",
        )


def _with_driver(url: str) -> str:
    scheme, rest = url.split("://", 1)
    return f"postgresql+psycopg://{rest}" if scheme in ("postgres", "postgresql") else url


async def _to_end(work: Callable[[], T]) -> T:
    # A thread cannot be canceled: whoever cancels waits until it has come to its end.
    running = asyncio.get_running_loop().run_in_executor(None, work)
    try:
        return await asyncio.shield(running)
    except asyncio.CancelledError:
        await asyncio.wait([running])
        raise
