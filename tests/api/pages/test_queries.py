"""How often the pages with lists ask the database: as often for many rows as for few."""

import pytest

from support.api_place import api_place
from support.statements import statements
from thakur.api import Entrance

# Signing in's own, the shell's, and the page's; each project or deployment more costs none.
MOST = {
    "/projects": 13,
    "/projects/shop-1": 21,
    "/projects/shop-1/deployments": 15,
    "/projects/shop-1/deployments?status=retired&environment=production": 16,
    "/edges": 11,
    "/team": 15,
    "/audit": 11,
}


@pytest.fixture
async def place(committed_db, stores, settings):
    async with api_place(stores, settings, Entrance(is_loopback=True)) as made:
        yield made


async def test_more_rows_cost_no_more_queries(place):
    from bench.pages import seed, signed_in

    await signed_in(place)
    asked = []
    for projects, each in ((1, 3), (6, 6)):
        async with place.core.db.connection() as connection:
            await connection.execute("DELETE FROM projects")
        await seed(place, projects, each)
        counts = {}
        for path in MOST:
            # Names of environments are read once and remembered.
            await place.client.get(path)
            with statements(place.core.db) as said:
                answer = await place.client.get(path)
            assert answer.status_code == 200, path
            counts[path] = len(said)
        asked.append(counts)

    assert asked[0] == asked[1]
    assert {path: count for path, count in asked[1].items() if count > MOST[path]} == {}
