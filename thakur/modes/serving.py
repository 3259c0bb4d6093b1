"""`thakur serve`: the parts of its roles started in order, kept until the word to end, stopped in reverse."""

import resource
import sys
from collections.abc import Mapping, Sequence
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING

import uvloop

from thakur.modes import journal
from thakur.modes.dashboard import check_host
from thakur.modes.directories import prepare
from thakur.modes.ending import Ending, Word
from thakur.modes.lock import RoleLock
from thakur.modes.role import WITH_DATABASE, Role, named
from thakur.modes.welcome import owner_wanted, standing
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
    _raise_open_files()
    return uvloop.run(_serve(settings, named(roles)))


def _raise_open_files() -> None:
    # Each viewer of a log is one. Proxy workers raise their own; what tenants run is given limits of its own.
    _soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


async def _serve(settings: Settings, roles: frozenset[Role]) -> int:
    word = Word()
    word.listen()
    check_host(settings)
    prepare(settings, roles)
    async with AsyncExitStack() as started:
        for role in sorted(roles):
            lock = RoleLock(settings.data_dir, role)
            lock.take()
            started.callback(lock.give_back)
        if Role.API in roles:
            prove_free(settings.address, "THAKUR_ADDRESS")
        for line in await _start(settings, roles, word, started):
            print(line, flush=True)
        ending = await word.wait()
        print("Stopping.", file=sys.stderr, flush=True)
    if Role.EDGE in roles and ending is Ending.CONTROL_PLANE:
        print("Applications and the proxy go on serving. End them with: thakur stop", file=sys.stderr, flush=True)
    return 0


async def _start(settings: Settings, roles: frozenset[Role], word: Word, started: AsyncExitStack) -> list[str]:
    away, more = "", []
    if roles & WITH_DATABASE:
        core = await _start_with_database(settings, roles, word, started)
        away = await _missing(core)
        more = await _owner_wanted(core) if Role.API in roles else []
    elif Role.EDGE in roles:
        from thakur.modes.placing import placing_apart

        await started.enter_async_context(placing_apart(settings, word))
    if away:
        print(away, file=sys.stderr, flush=True)
    stands = "has started and is not ready yet" if away else "is ready"
    if Role.API not in roles:
        return [f"Thakur {stands} as {' and '.join(sorted(roles))}."]
    return [standing(settings, stands), *more]


async def _missing(core: "Core") -> str:
    from thakur.modes.storing import missing

    return await missing(core)


async def _owner_wanted(core: "Core") -> list[str]:
    made = await core.people.links.make_first()
    return [owner_wanted(core.settings, made.secret)] if made else []


async def _start_with_database(
    settings: Settings, roles: frozenset[Role], word: Word, started: AsyncExitStack
) -> "Core":
    from thakur.modes.storing import migrated, storing

    core = await started.enter_async_context(storing(settings))
    rows = migrated(core, migrates=Role.API in roles)
    edges: Mapping[int, Edge] = {}
    if roles >= {Role.API, Role.EDGE}:
        from thakur.modes.placing import placing_here

        edges = await started.enter_async_context(placing_here(core, word, rows))
    else:
        await started.enter_async_context(rows)
        edges = await _edges_elsewhere(settings, roles, word, started, core)
    if Role.API in roles:
        from thakur.modes.answering import answering

        await started.enter_async_context(answering(core, edges))
    if Role.WORKER in roles:
        from thakur.modes.building import building

        await started.enter_async_context(building(core))
    return core


async def _edges_elsewhere(
    settings: Settings, roles: frozenset[Role], word: Word, started: AsyncExitStack, core: "Core"
) -> Mapping[int, Edge]:
    if Role.EDGE in roles:
        from thakur.modes.placing import placing_apart

        await started.enter_async_context(placing_apart(settings, word))
    if Role.API not in roles:
        return {}
    from thakur.modes.answering import edge_elsewhere

    return await started.enter_async_context(edge_elsewhere(core))
