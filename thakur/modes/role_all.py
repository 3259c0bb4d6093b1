"""The role `all`: everything in one process, started in order and stopped in reverse."""

import asyncio
import logging
import os
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from importlib.metadata import version

import uvloop
from litestar.types import Scope

from thakur.accounts import Principal
from thakur.api import ApiServices, Host, HostControl, create_app
from thakur.background import Tasks
from thakur.db import migrate
from thakur.modes import journal
from thakur.modes.directories import prepare
from thakur.modes.ending import Ending, Word
from thakur.modes.listener import LOCAL_SOCKET, Listener
from thakur.modes.lock import RoleLock
from thakur.modes.readiness import Readiness
from thakur.projects import PRODUCTION
from thakur.proxy import prove_free
from thakur.settings import Settings
from thakur.stores import Stores
from thakur.wiring import Services, wire

DRAIN_SECONDS = 30.0

log = logging.getLogger(__name__)


def serve(settings: Settings) -> int:
    """Run until a signal or `thakur stop` says to end; returns the exit status. Raises what keeps it from starting."""
    journal.begin()
    return uvloop.run(_serve(settings))


async def _serve(settings: Settings) -> int:
    word = Word()
    word.listen()
    prepare(settings)
    async with AsyncExitStack() as started:
        services = await _start(settings, word, started)
        _say_ready(settings, services)
        ending = await word.wait()
        print("Stopping.", file=sys.stderr, flush=True)
    if ending is Ending.CONTROL_PLANE:
        print("Applications and the proxy go on serving. End them with: thakur stop", file=sys.stderr, flush=True)
    return 0


async def _start(settings: Settings, word: Word, started: AsyncExitStack) -> Services:
    lock = RoleLock(settings.data_dir, "all")
    lock.take()
    started.callback(lock.give_back)
    prove_free(settings.address, "THAKUR_ADDRESS")
    stores = Stores(settings)
    urls = await stores.start()
    started.push_async_callback(stores.stop)
    watch = Tasks()
    watch.spawn(stores.keep_running(), "keep the stores running")
    started.push_async_callback(watch.stop)
    await migrate(urls.database_url)
    services = await wire(settings, urls)
    started.push_async_callback(services.db.close)
    started.push_async_callback(services.queue.close)
    await services.accounts.prepare()
    await services.logs.start()
    started.push_async_callback(services.logs.stop)
    await services.proxy.start()
    started.push_async_callback(_stop_edge, services, word)
    await services.edge.start()
    await started.enter_async_context(_workers(services))
    await started.enter_async_context(_listeners(settings, services, word))
    return services


async def _stop_edge(services: Services, word: Word) -> None:
    if word.ending is Ending.EVERYTHING:
        await services.edge.stop(DRAIN_SECONDS)
        await services.proxy.stop(DRAIN_SECONDS)
    else:
        await services.edge.leave()
        await services.proxy.release()


@asynccontextmanager
async def _workers(services: Services) -> AsyncIterator[None]:
    await services.rollout_jobs.start()
    tasks = Tasks()
    for number, worker in enumerate(services.workers):
        tasks.spawn(worker.run(), f"worker {number}")
    try:
        yield
    finally:
        await tasks.stop(DRAIN_SECONDS)
        await services.rollout_jobs.stop()


@asynccontextmanager
async def _listeners(settings: Settings, services: Services, word: Word) -> AsyncIterator[None]:
    stopping = asyncio.Event()
    tasks = Tasks()
    api = _api_services(services)
    control = _host_control(settings, services, word)

    async def operator(_scope: Scope) -> Principal | None:
        return await services.accounts.operator()

    async def nobody(_scope: Scope) -> Principal | None:
        return None

    # Being local is a fact of the listener, so each has an app of its own.
    listeners = (
        Listener(
            create_app(api, operator, stopping, control=control),
            settings.data_dir / "run" / LOCAL_SOCKET,
            tasks,
        ),
        Listener(create_app(api, nobody, stopping), settings.address, tasks),
    )
    for listener in listeners:
        await listener.start()
    try:
        yield
    finally:
        stopping.set()
        await asyncio.gather(*(listener.stop() for listener in listeners))
        await tasks.stop()


def _api_services(services: Services) -> ApiServices:
    return ApiServices(
        accounts=services.accounts,
        projects=services.projects,
        env_vars=services.env_vars,
        builds=services.builds,
        runtime=services.runtime,
        rollouts=services.rollouts,
        logs=services.logs,
        ready=Readiness(services.db, services.queue, services.proxy).missing,
        project_url=lambda name: services.addresses.url(name, PRODUCTION),
    )


def _host_control(settings: Settings, services: Services, word: Word) -> HostControl:
    async def describe() -> Host:
        return Host(
            version=version("thakur-deploy"),
            pid=os.getpid(),
            data_dir=str(settings.data_dir),
            address=str(settings.address),
            http=services.proxy.listens_on(),
            base_domain=settings.base_domain,
            not_enforced=(await services.sandbox.enforcement()).missing(),
        )

    return HostControl(describe=describe, stop=lambda: word.give(Ending.EVERYTHING))


def _say_ready(settings: Settings, services: Services) -> None:
    print(
        f"Thakur Deploy is ready. Applications: http://*.{settings.base_domain} on {services.proxy.listens_on()}. "
        f"API: http://{settings.address}. Deploy a folder with: thakur deploy PATH --project NAME",
        flush=True,
    )
