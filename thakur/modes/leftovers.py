"""`thakur stop`: ends the roles that run on this host, then what they or earlier ones left going."""

import asyncio
import os
import select
import signal

from thakur.modes.listener import LOCAL_SOCKET
from thakur.modes.lock import RoleLock
from thakur.modes.role import Role
from thakur.settings import Settings
from thakur.stores import stop_unused
from thakur.wiring.placing import end_leftovers

# Drains, applications' own ends, proxy, stores: each has a deadline of its own below this.
STOP_SECONDS = 120.0
# The edge first: what it drains may still write its last lines to the api.
ORDER = (Role.EDGE, Role.WORKER, Role.API)


def stop_host(settings: Settings) -> int:
    """End everything of this data directory that runs; returns how many processes that were.

    Raises RoleTaken when a role does not end in time.
    """
    if not (settings.data_dir / "run").is_dir():
        return 0
    return asyncio.run(_stop(settings))


async def _stop(settings: Settings) -> int:
    ended = sum([await asyncio.to_thread(_end_role, RoleLock(settings.data_dir, role)) for role in ORDER])
    locks = [RoleLock(settings.data_dir, role) for role in ORDER]
    try:
        for lock in locks:
            lock.take()
        ended += await end_leftovers(settings.data_dir)
        await stop_unused(settings)
        (settings.data_dir / "run" / LOCAL_SOCKET).unlink(missing_ok=True)
        return ended
    finally:
        for lock in locks:
            lock.give_back()


def _end_role(lock: RoleLock) -> int:
    pid = lock.holder()
    if pid is None:
        return 0
    try:
        process = os.pidfd_open(pid)
    except ProcessLookupError:
        return 0
    try:
        # Asked once more: the descriptor may be of a process that got the number since.
        if lock.holder() != pid:
            return 0
        signal.pidfd_send_signal(process, signal.SIGINT)
        ended = select.poll()
        ended.register(process, select.POLLIN)
        ended.poll(STOP_SECONDS * 1000)
    finally:
        os.close(process)
    return 1
