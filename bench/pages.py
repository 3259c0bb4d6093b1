"""Pages of the dashboard with 200 projects and 10,000 deployments: milliseconds and SQL statements of each.

    python -m bench.pages            fails above 30 ms for the slowest twentieth of any page
    python -m bench.pages --smoke    few rows and few rounds; fails only when a page does

The stores are the embedded ones in a directory of their own, the app is asked in this process: what is measured is the work
of the server, without a network.
"""

import argparse
import asyncio
import statistics
import sys
import tempfile
import time
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from support.api_place import Place, api_place
from support.statements import statements
from thakur.api import Entrance
from thakur.db import migrate
from thakur.settings import Address, Settings
from thakur.stores import Stores

PROJECTS, DEPLOYMENTS, ROUNDS = 200, 50, 60
SMOKE_PROJECTS, SMOKE_DEPLOYMENTS, SMOKE_ROUNDS = 3, 3, 2
LIMIT_MS = 30.0
PAGES = (
    "/projects",
    "/projects?q=9",
    "/projects/shop-1",
    "/projects/shop-1/deployments",
    "/projects/shop-1/deployments?before=20",
    "/projects/shop-1/deployments/3",
    "/projects/shop-1/logs",
    "/projects/shop-1/env",
    "/projects/shop-1/domains",
    "/projects/shop-1/settings",
    "/edges",
    "/account",
    "/team",
    "/audit",
    "/jump?q=shop",
)
SEED = """
INSERT INTO projects (team_id, name, last_number)
  SELECT (SELECT id FROM teams WHERE name = 'default'), 'shop-' || n, :each FROM generate_series(1, :projects) AS n;
INSERT INTO environments (project_id, label) SELECT id, 'production' FROM projects;
INSERT INTO log_streams (project_id, kind, number, ended_at)
  SELECT id, 'build', n, now() FROM projects, generate_series(1, :each) AS n;
INSERT INTO artifacts (project_id, digest, size_bytes, files, plan)
  SELECT id, repeat('a', 64), 1300000, 580, '{"framework": "Hono", "kind": "server", "start": ["bun", "src/index.ts"]}'
  FROM projects;
INSERT INTO builds (project_id, environment_id, number, status, attempt, source, steps, plan, artifact_id, log_stream_id,
    requested_by, created_at, started_at, finished_at, announced_at)
  SELECT s.project_id, e.id, s.number, 'succeeded', 1,
    '{"kind": "git", "url": "https://git.example/ada/shop", "message": "Keep the cart when a session ends",
      "commit": "0123456789abcdef", "author": "Ada"}',
    '[{"name": "clone", "seconds": 0.8}, {"name": "install", "seconds": 8.2}, {"name": "build", "seconds": 31.5}]',
    a.plan, a.id, s.id, 'ada', now(), now(), now(), now()
  FROM log_streams s JOIN environments e ON e.project_id = s.project_id JOIN artifacts a ON a.project_id = s.project_id;
INSERT INTO deployments (project_id, environment_id, number, status, attempt, artifact_id, build_id, log_stream_id,
    requested_by, actor, created_at, started_at, finished_at, env_snapshot, plan)
  SELECT b.project_id, b.environment_id, b.number,
    CASE WHEN b.number = :each THEN 'active' WHEN b.number = :each - 1 THEN 'standby' ELSE 'retired' END,
    1, b.artifact_id, b.id, b.log_stream_id, 'ada', 'ada', now(), now(), now(), decode(repeat('00', 2000), 'hex'), b.plan
  FROM builds b;
INSERT INTO build_lines (stream_id, number, at, level, text)
  SELECT s.id, n, now(), 'info', 'compiled a component in ' || n || ' ms'
  FROM log_streams s, generate_series(1, 500) AS n WHERE s.number = 3;
UPDATE log_streams SET last_number = 500 WHERE number = 3;
INSERT INTO audit_events (team_id, actor, action, subject, address)
  SELECT (SELECT id FROM teams WHERE name = 'default'), 'ada', 'request build', 'shop', '192.0.2.1'
  FROM generate_series(1, 10 * :projects);
"""


async def seed(place: Place, projects: int, each: int) -> None:
    """Fill the tables as so many projects with so many deployments each would."""
    text = SEED.replace(":projects", str(projects)).replace(":each", str(each))
    async with place.core.db.connection() as connection:
        for statement in text.split(";\n"):
            if statement.strip():
                await connection.execute(statement)
        await connection.execute("ANALYZE")


async def signed_in(place: Place) -> None:
    """Let the client in as the owner."""
    made = await place.core.people.links.make_login(await place.core.people.accounts.operator(), None)
    await place.client.post(f"/login/link/{made.secret}", data={"name": "ada"})


async def measured(place: Place, path: str, rounds: int) -> tuple[float, float, float, int, int]:
    """The middle and the slowest twentieth of the milliseconds, this process's own of each, statements, bytes sent."""
    with statements(place.core.db) as asked:
        answer = await place.client.get(path)
    assert answer.status_code == 200, (path, answer.status_code)
    times, spent = [], time.process_time()
    for _ in range(rounds):
        began = time.perf_counter()
        await place.client.get(path)
        times.append((time.perf_counter() - began) * 1000)
    slow = statistics.quantiles(times, n=20)[-1] if rounds > 2 else max(times)
    own = (time.process_time() - spent) * 1000 / rounds
    return statistics.median(times), slow, own, len(asked), int(answer.headers["content-length"])


async def run(stores: Any, settings: Settings, projects: int, each: int, rounds: int) -> float:
    await migrate(stores.database_url)
    slowest = 0.0
    async with AsyncExitStack() as stack:
        place = await stack.enter_async_context(api_place(stores, settings, Entrance(is_loopback=True)))
        await signed_in(place)
        await seed(place, projects, each)
        print(f"{projects} projects, {projects * each:,} deployments, {rounds} rounds")
        print(f"{'page':42} {'p50 ms':>7} {'p95 ms':>7} {'CPU ms':>7} {'SQL':>4} {'gzip B':>7}")
        for path in PAGES:
            middle, slow, own, count, size = await measured(place, path, rounds)
            slowest = max(slowest, slow)
            print(f"{path:42} {middle:7.1f} {slow:7.1f} {own:7.1f} {count:4} {size:7,}")
    return slowest


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--smoke", action="store_true")
    smoke = parser.parse_args().smoke
    sizes = (SMOKE_PROJECTS, SMOKE_DEPLOYMENTS, SMOKE_ROUNDS) if smoke else (PROJECTS, DEPLOYMENTS, ROUNDS)
    with tempfile.TemporaryDirectory(prefix="thakur-bench-") as base:
        embedded = Stores(Settings(data_dir=Path(base) / "stores"), is_durable=False)
        here = Settings(data_dir=Path(base) / "data", address=Address("127.0.0.1", 0), http=Address("127.0.0.1", 0))
        urls = asyncio.run(embedded.start())
        try:
            slowest = asyncio.run(run(urls, here, *sizes))
        finally:
            asyncio.run(embedded.stop())
    if not smoke and slowest > LIMIT_MS:
        sys.exit(f"The slowest page takes {slowest:.1f} ms, more than {LIMIT_MS:.0f}.")


if __name__ == "__main__":
    main()
