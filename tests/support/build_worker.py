"""A worker of builds as a process of its own, to be killed: the real rooms, and commands that only take their time.

Run as: build_worker.py NAME STORES_DIRECTORY SHARED_DIRECTORY OWN_DIRECTORY
"""

import asyncio
import logging
import random
import sys
from contextlib import suppress
from pathlib import Path

from support.building import BuildPlace
from thakur.background import Tasks
from thakur.builds import ArtifactReady
from thakur.builds.attempts.claims import Claims
from thakur.builds.attempts.endings import Endings
from thakur.builds.attempts.jobs import BuildJobs
from thakur.builds.attempts.leftovers import Leftovers
from thakur.builds.sources.uploads import Uploads
from thakur.db import Database
from thakur.logs.service import LocalLogs
from thakur.queue import BUILDS, Worker
from thakur.sandbox import Exit, OnOutput, Spec
from thakur.settings import Settings
from thakur.stores import Stores

LINES = 20
SHORTEST_SECONDS, LONGEST_SECONDS = 0.5, 2.5


class SlowSandbox:
    """Runs nothing: every command writes some lines that name their attempt, and ends well."""

    async def run(
        self, spec: Spec, on_output: OnOutput, deadline_seconds: float, idle_seconds: float | None = None
    ) -> Exit:
        seconds = random.uniform(SHORTEST_SECONDS, LONGEST_SECONDS)
        for number in range(LINES):
            on_output(f"{spec.name} {number}\n".encode())
            with suppress(TimeoutError):
                async with asyncio.timeout(seconds / LINES):
                    await asyncio.get_running_loop().create_future()
        return Exit(code=0)

    def names(self) -> frozenset[str]:
        return frozenset()


class HeardInTable:
    """Implements ArtifactConsumer: notes each artifact of a build once, and how often it was told."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def artifact_ready(self, ready: ArtifactReady) -> None:
        async with self._db.connection() as connection:
            await connection.execute(
                "INSERT INTO heard (build_id, artifact_id) VALUES (%s, %s)"
                " ON CONFLICT (build_id, artifact_id) DO UPDATE SET times = heard.times + 1",
                [ready.build_id, ready.artifact_id],
            )


async def work(name: str, stores_dir: Path, shared: Path, own: Path) -> None:
    stores = Stores(Settings(data_dir=stores_dir))
    urls = await stores.start()
    db = Database(urls.database_url)
    logs = LocalLogs(db)
    place = BuildPlace(own, SlowSandbox(), logs=logs, db=db)
    uploads = place.arrivals._uploads = Uploads(shared / "uploads")
    jobs = BuildJobs(
        Claims(db, name), Leftovers(db, name), place.pipeline, logs, Endings(db, logs, uploads), HeardInTable(db)
    )
    tasks = Tasks()
    tasks.spawn(stores.keep_running(), "keep the stores running")
    await logs.start()
    await Worker(urls.redis_url, BUILDS, jobs.drain, 2, (jobs.renew, jobs.sweep)).run()


if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO, format=f"%(asctime)s {sys.argv[1]} %(message)s %(exc_text)s")
    asyncio.run(work(sys.argv[1], *(Path(word) for word in sys.argv[2:5])))
