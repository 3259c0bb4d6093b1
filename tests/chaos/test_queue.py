"""Builds under kill -9: of the workers, of PostgreSQL, of Valkey. None is lost, stuck or doubled."""

import asyncio
import os
import random
import time
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from support.building import NoRepositories, body_of
from support.nemesis import Nemesis, Prey, pause
from support.tables import Table
from support.tarballs import packed_files
from support.waiting import eventually
from thakur.accounts import Principal
from thakur.accounts.service import LocalAccounts
from thakur.background import Tasks
from thakur.builds import Build, Upload
from thakur.builds.packing.artifacts import LocalArtifacts
from thakur.builds.service import LocalBuilds
from thakur.builds.sources.uploads import Uploads
from thakur.builds.workspaces.directories import Workspaces
from thakur.db import Database, DatabaseUnavailable, migrate
from thakur.git import GitRules
from thakur.logs.service import LocalLogs
from thakur.projects import Project
from thakur.projects.service import LocalProjects
from thakur.queue import Queue
from thakur.settings import Settings
from thakur.stores import Stores

SUBJECT = "builds under kill -9 of workers and stores"
PROJECTS, QUEUED_EACH, PUSHES_EACH, WORKERS, KILLS = 8, 5, 3, 4, 60
# Longer than a lease: who wakes up then holds nothing any more.
FREEZES, FROZEN_SECONDS = 4, 11.0
SETTLE_SECONDS = 90
SEED = int(os.environ.get("CHAOS_SEED") or random.randrange(10**6))
PROGRAM = Path(__file__).parents[1] / "support" / "build_worker.py"
SOCKETS = {"PostgreSQL": ".s.PGSQL.5432", "Valkey": "valkey.sock"}

# What no code of ours writes: every move of a status, and what the consumer heard.
WITNESSES = """
CREATE TABLE heard (build_id bigint, artifact_id bigint, times int DEFAULT 1, PRIMARY KEY (build_id, artifact_id));
CREATE TABLE moves (id bigint GENERATED ALWAYS AS IDENTITY, build_id bigint, status text, attempt int,
  at timestamptz DEFAULT clock_timestamp());
CREATE FUNCTION note_move() RETURNS trigger LANGUAGE plpgsql AS
  $$ BEGIN INSERT INTO moves (build_id, status, attempt) VALUES (NEW.id, NEW.status, NEW.attempt); RETURN NULL; END $$;
CREATE TRIGGER noted AFTER UPDATE OF status ON builds FOR EACH ROW WHEN (OLD.status <> NEW.status)
  EXECUTE FUNCTION note_move();
"""
ENDED = "status NOT IN ('queued', 'running')"


class Front:
    """Who asks for builds: the services of an API, in this process, which nobody kills."""

    def __init__(self, db: Database, queue: Queue, shared: Path) -> None:
        self.db = db
        self._queue = queue
        self.logs = LocalLogs(db)
        self.projects = LocalProjects(db, queue, [])
        self.accounts = LocalAccounts(db)
        self.accepted: list[Build] = []
        self.builds = LocalBuilds(
            db,
            self.projects,
            self.logs,
            queue,
            Uploads(shared / "uploads"),
            Workspaces(shared / "builds"),
            LocalArtifacts(shared / "artifacts"),
            NoRepositories(),
            GitRules(),
        )

    async def prepare(self) -> tuple[Principal, list[Project]]:
        await self.accounts.prepare()
        principal = await self.accounts.operator()
        projects = [await self.projects.create(principal, f"project-{number}") for number in range(PROJECTS)]
        async with self.db.connection() as connection:
            await connection.execute(WITNESSES)
        return principal, projects

    async def close(self) -> None:
        await self._queue.close()
        await self.db.close()

    async def ask_for(self, principal: Principal, project: Project, content: str) -> None:
        """Until it is accepted; a person whose request failed asks again."""
        archive = packed_files({"package.json": '{"dependencies": {"hono": "4"}}', "index.ts": content})
        while True:
            try:
                build = await self.builds.request(principal, project.id, Upload(), body_of(archive))
            except DatabaseUnavailable:
                await pause(0.2)
            else:
                self.accepted.append(build)
                return

    async def queue_up(self, principal: Principal, project: Project) -> None:
        """A build in each of some environments; uploads are production's alone for now, so they are moved."""
        for number in range(QUEUED_EACH):
            await self.ask_for(principal, project, f"{project.name} branch {number}")
            environment = await self.projects.environment(project.id, f"branch-{number}")
            async with self.db.connection() as connection:
                await connection.execute(
                    "UPDATE builds SET environment_id = %s WHERE id = %s", [environment.id, self.accepted[-1].id]
                )

    async def rows(self, query: str) -> list[tuple[Any, ...]]:
        async with self.db.connection() as connection:
            return await (await connection.execute(query)).fetchall()

    async def has_settled(self) -> bool:
        """Whether nothing is under way any more."""
        try:
            left = await self.rows(
                f"SELECT id FROM builds WHERE NOT {ENDED} OR lease_until IS NOT NULL"
                " OR (status = 'succeeded' AND announced_at IS NULL)"
            )
        except DatabaseUnavailable:
            return False
        return not left


@pytest.fixture
async def stores(tmp_path: Path) -> AsyncIterator[Stores]:
    stores = Stores(Settings(data_dir=tmp_path / "stores"))
    tasks = Tasks()
    yield stores
    await tasks.stop()
    await stores.stop()


async def test_no_build_is_lost_stuck_or_doubled(tmp_path: Path, stores: Stores, table: Table) -> None:
    chance = random.Random(SEED)
    print(f"\nCHAOS_SEED={SEED}")
    urls = await stores.start()
    await migrate(urls.database_url)
    tasks = Tasks()
    tasks.spawn(stores.keep_running(), "keep the stores running")
    front = Front(Database(urls.database_url), Queue(urls.redis_url), tmp_path / "shared")
    principal, projects = await front.prepare()
    for project in projects:
        await front.queue_up(principal, project)
    workers = [worker(tmp_path, number) for number in range(WORKERS)]
    for each in workers:
        each.start()
    run = tmp_path / "stores" / "stores" / "run"
    nemesis = Nemesis(workers, {name: run / socket for name, socket in SOCKETS.items()}, chance)
    try:
        began = time.monotonic()
        await asyncio.gather(
            nemesis.strike(KILLS, (0.2, 1.2)),
            nemesis.freeze(FREEZES, FROZEN_SECONDS),
            *(ask_now_and_then(front, principal, project, random.Random(SEED + project.id)) for project in projects),
        )
        struck = time.monotonic()
        await eventually(front.has_settled, within_seconds=SETTLE_SECONDS)
        kills = ", ".join(f"{count} {name}" for name, count in sorted(nemesis.kills.items()))
        table.add(
            killed=f"{kills} in {struck - began:.0f} s",
            settled=f"{time.monotonic() - struck:.1f} s later",
            **await told(front),
        )
        await check(front)
        assert not list((tmp_path / "shared" / "uploads").glob("*/*")), "an upload is left"
    finally:
        for each in workers:
            each.kill()
        await tasks.stop()
        await front.close()


async def ask_now_and_then(front: Front, principal: Principal, project: Project, chance: random.Random) -> None:
    for number in range(PUSHES_EACH):
        await pause(chance.uniform(2, 16))
        await front.ask_for(principal, project, f"{project.name} {number}")


async def told(front: Front) -> dict[str, object]:
    """What the table tells of them."""
    accepted = {build.id for build in front.accepted}
    rows = await front.rows("SELECT id, status, interruptions FROM builds")
    ends = await front.rows(f"SELECT build_id FROM moves WHERE {ENDED} GROUP BY 1 HAVING count(*) > 1")
    return {
        "builds": ", ".join(f"{count} {status}" for status, count in sorted(Counter(row[1] for row in rows).items())),
        "interrupted": f"{sum(row[2] for row in rows)} times",
        "lost": len(accepted - {row[0] for row in rows}),
        "stuck": sum(row[1] in ("queued", "running") for row in rows),
        "doubled": len(ends),
    }


async def check(front: Front) -> None:
    accepted = {build.id for build in front.accepted}
    rows = await front.rows("SELECT id, environment_id, number, status, attempt, interruptions FROM builds")
    stuck = [row for row in rows if row[3] in ("queued", "running")]
    heard = await front.rows("SELECT build_id, artifact_id, times FROM heard")
    ends = await front.rows(f"SELECT build_id FROM moves WHERE {ENDED} GROUP BY 1 HAVING count(*) > 1")
    open_logs = await front.rows(
        "SELECT b.id FROM builds b JOIN log_streams s ON s.id = b.log_stream_id"
        " WHERE s.ended_at IS NULL AND b.status <> 'succeeded'"
    )
    assert len(accepted) == PROJECTS * (QUEUED_EACH + PUSHES_EACH)
    assert accepted <= {row[0] for row in rows}
    assert not stuck
    assert not ends
    assert not open_logs
    assert all(row[5] == 3 for row in rows if row[3] == "failed"), "nothing fails but what was interrupted three times"
    told = Counter(build_id for build_id, _, _ in heard)
    assert told == Counter(row[0] for row in rows if row[3] == "succeeded"), "each success is one artifact, told of"
    for newest in {row[1]: row for row in sorted(rows, key=lambda row: row[2])}.values():
        assert newest[3] == "succeeded" or newest[5] == 3, f"the newest of an environment ended otherwise: {newest}"
    for row in rows:
        await check_log(front, row[0])


async def check_log(front: Front, build_id: int) -> None:
    texts = await front.rows(
        "SELECT l.text FROM build_lines l JOIN builds b ON b.log_stream_id = l.stream_id"
        f" WHERE b.id = {build_id} AND l.text LIKE 'build-%' ORDER BY l.number"
    )
    lines = [(int(name.split("-")[2]), int(number)) for name, number in (text.split() for (text,) in texts)]
    attempts = [attempt for attempt, _ in lines]
    assert attempts == sorted(attempts), f"an attempt of build {build_id} wrote after the next one had begun"
    # Installation alone: the plan has no other command.
    assert len(set(lines)) == len(lines), f"a line of build {build_id} is there twice"


def worker(directory: Path, number: int) -> Prey:
    name = f"worker-{number}"
    words = [str(PROGRAM), name, str(directory / "stores"), str(directory / "shared"), str(directory / name)]
    return Prey(name, words, directory / f"{name}.log")
