"""The api in a process: rollouts and deletions, the listeners, and what edges ask."""

import asyncio
import os
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from importlib.metadata import version

from litestar.types import ASGIApp, Scope

from thakur.accounts import Principal
from thakur.api import ApiServices, DescribeHost, Entrance, Host, Visitors, create_app
from thakur.background import Tasks
from thakur.modes import dashboard
from thakur.modes.listener import LOCAL_SOCKET, Listener
from thakur.modes.readiness import Readiness
from thakur.modes.working import working
from thakur.projects import PRODUCTION
from thakur.runtime import Edge
from thakur.sandbox import LocalSandbox, root_name
from thakur.settings import Address
from thakur.wiring import crossing
from thakur.wiring.building import wire_plans
from thakur.wiring.core import Core
from thakur.wiring.deciding import Deciding, wire_deciding


@asynccontextmanager
async def answering(core: Core, edges: Mapping[int, Edge]) -> AsyncIterator[None]:
    """Decide and answer for the length of the block."""
    async with deciding(core, edges) as parts, _listening(core, parts, edges):
        yield


@asynccontextmanager
async def deciding(core: Core, edges: Mapping[int, Edge]) -> AsyncIterator[Deciding]:
    """Carry rollouts and deletions out for the length of the block."""
    parts = wire_deciding(core, edges)
    await parts.rollout_jobs.start()
    try:
        async with working(parts.workers):
            yield parts
    finally:
        await parts.rollout_jobs.stop()


@asynccontextmanager
async def edge_elsewhere(core: Core) -> AsyncIterator[Mapping[int, Edge]]:
    """Reach this host's edge in a process of its own, and answer what it asks."""
    data = core.settings.data_dir
    tasks = Tasks()
    peer = crossing.edge_peer(data)
    app = crossing.api_app(data, core.runtime, core.logs, core.artifacts)
    listener = Listener(app, crossing.api_socket(data), tasks)
    await listener.start()
    try:
        yield {await core.runtime.join_here(): crossing.remote_edge(peer)}
    finally:
        await listener.stop()
        await tasks.stop()
        await peer.close()


@asynccontextmanager
async def _listening(core: Core, parts: Deciding, edges: Mapping[int, Edge]) -> AsyncIterator[None]:
    stopping = asyncio.Event()
    tasks = Tasks()
    services = _services(core, parts, edges)

    async def operator(_scope: Scope) -> Principal | None:
        return await core.people.accounts.operator()

    # Being local is a fact of the listener, so each has an app of its own.
    local = create_app(services, operator, stopping, describe_host=_describe(core))
    settings = core.settings
    listeners = [
        Listener(local, settings.data_dir / "run" / LOCAL_SOCKET, tasks),
        Listener(_for_visitors(core, parts, services, stopping, settings.address), settings.address, tasks),
    ]
    if settings.public_url is not None:
        path = dashboard.socket_path(settings.data_dir)
        listeners.append(
            Listener(_for_visitors(core, parts, services, stopping), path, tasks, dashboard.hand_to_service_user)
        )
    async with AsyncExitStack() as started:
        started.push_async_callback(tasks.stop)
        for listener in listeners:
            await listener.start()
        try:
            yield
        finally:
            stopping.set()
            await asyncio.gather(*(listener.stop() for listener in listeners))


def _for_visitors(
    core: Core, parts: Deciding, services: ApiServices, stopping: asyncio.Event, where: Address | None = None
) -> ASGIApp:
    # Without an address it is the proxy's socket: nobody else can open that.
    settings, people = core.settings, core.people
    entrance = Entrance(
        is_loopback=where is not None and where.is_loopback,
        is_proxy_only=where is None,
        trusted=settings.trusted_proxies,
        public_url=settings.public_url,
    )
    visitors = Visitors(people.sessions, people.tokens, entrance)
    app: ASGIApp = parts.behind_webhooks(create_app(services, visitors.principal_of, stopping, entrance=entrance))
    return app


def _services(core: Core, parts: Deciding, edges: Mapping[int, Edge]) -> ApiServices:
    return ApiServices(
        accounts=core.people.accounts,
        links=core.people.links,
        sessions=core.people.sessions,
        tokens=core.people.tokens,
        devices=core.people.devices,
        teams=core.people.teams,
        idempotency_keys=core.people.idempotency_keys,
        projects=core.projects,
        environments=core.environments,
        env_vars=core.env_vars,
        pastes=core.pastes,
        repositories=core.repositories,
        github_apps=core.github.apps,
        connections=core.github.connections,
        identities=core.github.identifying.identities,
        sign_ins=core.github.identifying.sign_ins,
        allowances=core.github.identifying.allowances,
        browser=core.github.browser,
        lender=core.github.lender,
        tracks=core.github.tracks,
        registrations=core.github.registrations,
        upkeep=core.github.upkeep,
        deliveries=parts.deliveries,
        previews=parts.previews,
        builds=core.builds,
        plans=wire_plans(core.settings),
        caches=core.caches,
        runtime=core.runtime,
        rollouts=parts.rollouts,
        edges=parts.edges,
        logs=core.logs,
        ready=Readiness(core.db, core.queue, edges).missing,
        project_url=lambda name: core.addresses.url(name, PRODUCTION),
        dashboard_url=lambda path: f"{core.settings.dashboard}{path}",
    )


def _describe(core: Core) -> DescribeHost:
    settings = core.settings
    sandbox = LocalSandbox(root_name(settings.data_dir))

    async def describe() -> Host:
        return Host(
            version=version("thakur-deploy"),
            pid=os.getpid(),
            data_dir=str(settings.data_dir),
            address=str(settings.address),
            http=str(settings.http),
            base_domain=settings.base_domain,
            not_enforced=(await sandbox.enforcement()).missing(),
        )

    return describe
