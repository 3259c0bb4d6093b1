"""The two stores of a data directory, shared by all the processes that use it."""

import asyncio
import logging
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TypeVar

from thakur.background import to_end
from thakur.settings import Settings
from thakur.sockets import SocketDirectory
from thakur.stores.directory import prepare
from thakur.stores.identity import service_user
from thakur.stores.interface import StoreFailed, StoreUrls
from thakur.stores.locks import Users, booting
from thakur.stores.postgres import SOCKET_NAME as LONGEST_SOCKET_NAME
from thakur.stores.postgres import Postgres
from thakur.stores.sockets import open_listener
from thakur.stores.valkey import Valkey

log = logging.getLogger(__name__)

RETRY_SECONDS = 5.0

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
            return await to_end(self._start)
        except BaseException:
            await self.stop()
            raise

    async def keep_running(self) -> None:
        """Start servers again that die while they are in use, until canceled. Call after `start`."""
        while self._share:
            await self._share.ended()
            try:
                await to_end(self._share.boot)
            except StoreFailed as error:
                log.error("store does not start again", extra={"reason": error.message})  # noqa: TRY400
                await asyncio.sleep(RETRY_SECONDS)

    async def stop(self) -> None:
        """Leave; the last process to leave stops the servers. May be called twice."""
        await to_end(self._stop)

    def _start(self) -> StoreUrls:
        settings = self._settings
        database_url, redis_url = settings.database_url, settings.redis_url
        if database_url is None or redis_url is None:
            self._share = share = _Share(settings.data_dir / "stores", is_durable=self._is_durable)
            share.servers = [
                *([share.postgres] if database_url is None else []),
                *([share.valkey] if redis_url is None else []),
            ]
            share.boot()
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
        await to_end(lambda: _Share(directory).leave())


class _Share:
    def __init__(self, directory: Path, *, is_durable: bool = True) -> None:
        user = service_user()
        prepare(directory, user)
        self._boot_lock = directory / "boot.lock"
        self._users = Users(directory / "users.lock")
        self._sockets = SocketDirectory(directory / "run", LONGEST_SOCKET_NAME)
        self.postgres = Postgres(directory, self._sockets.path, user, is_durable=is_durable)
        self.valkey = Valkey(directory, self._sockets.path, user)
        self.servers: list[Postgres | Valkey] = [self.postgres, self.valkey]

    def boot(self) -> None:
        with booting(self._boot_lock):
            self._users.join()
            for server in self.servers:
                server.start()

    async def ended(self) -> None:
        """Return when one of the servers is not there any more."""
        processes = [open_listener(server.socket) for server in self.servers]
        try:
            await _any_readable([process for process in processes if process is not None], len(processes))
        finally:
            for process in processes:
                if process is not None:
                    os.close(process)

    def leave(self) -> None:
        try:
            with booting(self._boot_lock):
                if self._users.is_last():
                    self.postgres.stop()
                    self.valkey.stop()
        finally:
            self._users.leave()
            self._sockets.close()


def _with_driver(url: str) -> str:
    scheme, rest = url.split("://", 1)
    return f"postgresql+psycopg://{rest}" if scheme in ("postgres", "postgresql") else url


async def _any_readable(fds: list[int], expected: int) -> None:
    loop = asyncio.get_running_loop()
    readable = asyncio.Event()
    if len(fds) < expected:
        return
    try:
        for fd in fds:
            loop.add_reader(fd, readable.set)
        await readable.wait()
    finally:
        for fd in fds:
            loop.remove_reader(fd)
