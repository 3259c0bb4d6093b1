"""`thakur keys rotate`: a new master key, everything sealed anew with it, the old key dropped. It may be cut off anywhere."""

import asyncio
from contextlib import ExitStack

from thakur.errors import Conflict
from thakur.modes.directories import prepare
from thakur.modes.lock import RoleLock, RoleTaken
from thakur.modes.role import WITH_DATABASE
from thakur.modes.storing import migrated, storing
from thakur.security import Resealed, add_key, drop_old_keys
from thakur.settings import Settings


class StillRunning(Conflict):
    """A process has the old key in its memory and would go on sealing with it."""

    code = "still_running"


def rotate(settings: Settings) -> Resealed:
    """Do it, while no role with the database runs; applications may go on serving. What cannot be opened keeps the old key.

    Raises StillRunning, KeyUnusable and what keeps the database from answering.
    """
    prepare(settings, WITH_DATABASE)
    with ExitStack() as held:
        for role in sorted(WITH_DATABASE):
            lock = RoleLock(settings.data_dir, role)
            try:
                lock.take()
            except RoleTaken as taken:
                raise StillRunning(
                    taken.message,
                    hint="Send it SIGTERM first: applications go on serving. Rotate, then start it again.",
                ) from taken
            held.callback(lock.give_back)
        return asyncio.run(_rotate(settings))


async def _rotate(settings: Settings) -> Resealed:
    # From here on both keys are in the file: whatever ends this, every secret can be opened, and the next call goes on.
    add_key(settings.key_file)
    async with storing(settings) as core, migrated(core, migrates=True):
        done = [await rows.seal_again() for rows in core.sealed]
    unreadable = sum(each.unreadable for each in done)
    if not unreadable:
        drop_old_keys(settings.key_file)
    return Resealed(sum(each.count for each in done), unreadable)
