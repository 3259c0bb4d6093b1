"""The API over real services, as it answers at an address."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx
from sqlalchemy import text

from thakur.accounts import Principal, Role, TokenScope
from thakur.api import ApiServices, Entrance, Visitors, create_app
from thakur.runtime.deployments.asking import LocalRollouts
from thakur.runtime.edges import LocalEdges
from thakur.settings import Settings
from thakur.stores import StoreUrls
from thakur.webhooks.deliveries import LocalDeliveries
from thakur.webhooks.inbox import Inbox
from thakur.wiring.building import wire_plans
from thakur.wiring.core import Core, wire_core
from thakur.wiring.previewing import wire_previewing


@dataclass
class Place:
    """The API over real services, as a stranger meets it."""

    core: Core
    app: Any
    client: httpx.AsyncClient

    async def project(self, name: str) -> str:
        """A project of the team default by that name, as it was made."""
        async with self.core.db.session() as session:
            await session.execute(
                text(
                    "INSERT INTO projects (team_id, name) SELECT id, :name FROM teams WHERE name = 'default'"
                    " ON CONFLICT (name) DO UPDATE SET status = 'active'"
                ),
                {"name": name},
            )
        return name

    async def token(self, team: str, role: Role, scope: TokenScope) -> str:
        """The secret of a token with that scope, made by somebody with that role in the team."""
        async with self.core.db.session() as session:
            await session.execute(
                text("INSERT INTO teams (name) VALUES (:team) ON CONFLICT DO NOTHING"), {"team": team}
            )
            team_id = await session.scalar(text("SELECT id FROM teams WHERE name = :team"), {"team": team})
            user_id = await session.scalar(text("INSERT INTO users (name) VALUES ('somebody') RETURNING id"))
            await session.execute(
                text("INSERT INTO memberships (team_id, user_id, role) VALUES (:team, :user, :role)"),
                {"team": team_id, "user": user_id, "role": role},
            )
        maker = Principal(actor="somebody", team_id=team_id, roles={team_id: role}, user_id=user_id)
        return (await self.core.people.tokens.make(maker, "walk", scope, None)).secret


@asynccontextmanager
async def api_place(stores: StoreUrls, settings: Settings, entrance: Entrance) -> AsyncIterator[Place]:
    """Serve the API over real services; the tables are to be emptied by whoever asks."""
    for name in ("uploads", "builds", "artifacts"):
        (settings.data_dir / name).mkdir(parents=True)
    core = wire_core(settings, stores)
    await core.people.accounts.prepare()

    async def ready() -> list[str]:
        return []

    services = ApiServices(
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
        previews=wire_previewing(core).previews,
        deliveries=LocalDeliveries(
            core.db, core.queue, core.github.apps, core.github.clients, Inbox(core.db, core.queue)
        ),
        builds=core.builds,
        plans=wire_plans(settings),
        runtime=core.runtime,
        rollouts=LocalRollouts(core.runtime, core.projects, core.builds, core.logs, core.queue, core.interrupts),
        logs=core.logs,
        caches=core.caches,
        edges=LocalEdges(core.db, {}),
        ready=ready,
        project_url=lambda name: f"http://{name}.localhost",
        dashboard_url=lambda path: f"{settings.dashboard}{path}",
    )
    stopping = asyncio.Event()
    stopping.set()
    app = create_app(
        services, Visitors(core.people.sessions, core.people.tokens, entrance).principal_of, stopping, entrance=entrance
    )
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8000") as client:
        yield Place(core, app, client)
    await core.logs.stop()
    await core.close()
