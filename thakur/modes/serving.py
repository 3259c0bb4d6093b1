"""`thakur serve`: the parts of its roles started in order, kept until the word to end, stopped in reverse."""

import sys
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING

import uvloop

from thakur.modes import journal
from thakur.modes.directories import prepare
from thakur.modes.ending import Ending, Word
from thakur.modes.lock import RoleLock
from thakur.modes.role import WITH_DATABASE, Role, named
from thakur.proxy import prove_free
from thakur.runtime import Edge
from thakur.settings import Settings

if TYPE_CHECKING:
    from thakur.wiring.core import Core

# Parts are imported where a role needs them: an edge never loads the database or the web framework.
# ruff: noqa: PLC0415


def serve(settings: Settings, roles: Sequence[str]) -> int:
    """Be these roles, or `all` of them, until a signal or `thakur stop` says to end; returns the exit status. Raises what keeps it from starting."""
    journal.begin()
    return uvloop.run(_serve(settings, named(roles)))


async def _serve(settings: Settings, roles: frozenset[Role]) -> int:
    word = Word()
    word.listen()
    prepare(settings, roles)
    async with AsyncExitStack() as started:
        for role in sorted(roles):
            lock = RoleLock(settings.data_dir, role)
            lock.take()
            started.callback(lock.give_back)
        if Role.API in roles:
            prove_free(settings.address, "THAKUR_ADDRESS")
        print(await _start(settings, roles, word, started), flush=True)
        ending = await word.wait()
        print("Stopping.", file=sys.stderr, flush=True)
    if Role.EDGE in roles and ending is Ending.CONTROL_PLANE:
        print("Applications and the proxy go on serving. End them with: thakur stop", file=sys.stderr, flush=True)
    return 0


async def _start(settings: Settings, roles: frozenset[Role], word: Word, started: AsyncExitStack) -> str:
    core = None
    if roles & WITH_DATABASE:
        from thakur.modes.storing import storing

        core = await started.enter_async_context(storing(settings, migrates=Role.API in roles))
    edges = await _start_edge(settings, roles, word, started, core)
    if core is not None and Role.API in roles:
        from thakur.modes.answering import answering

        await started.enter_async_context(answering(core, edges))
    if core is not None and Role.WORKER in roles:
        from thakur.modes.building import building

        await started.enter_async_context(building(core))
    return _ready_line(settings, roles)


async def _start_edge(
    settings: Settings,
    roles: frozenset[Role],
    word: Word,
    started: AsyncExitStack,
    core: "Core | None",
) -> Mapping[int, Edge]:
    from thakur.modes.placing import placing, placing_apart

    if core is None or Role.API not in roles:
        if Role.EDGE in roles:
            await started.enter_async_context(placing_apart(settings, word))
        return {}
    if Role.EDGE not in roles:
        from thakur.modes.answering import edge_elsewhere

        return await started.enter_async_context(edge_elsewhere(core))
    edge_id = await core.runtime.join_here()
    parts = placing(settings, word, edge_id, core.runtime, core.logs, core.artifacts)
    return {edge_id: (await started.enter_async_context(parts)).edge}


def _ready_line(settings: Settings, roles: frozenset[Role]) -> str:
    if Role.API not in roles:
        return f"Thakur is ready as {' and '.join(sorted(roles))}."
    return (
        f"Thakur Deploy is ready. Applications: http://*.{settings.base_domain} on {settings.http}. "
        f"API: http://{settings.address}. Deploy a folder with: thakur deploy PATH --project NAME"
    )
