"""Writes of one payer keep a distance, as GitHub asks; nobody waits for it but the next one."""

import asyncio

import pytest
from aiohttp import web

from thakur.github import Rest

HOUR = 3600.0


@pytest.fixture
async def site():
    """Notes who writes; yields a client that keeps an hour between writes, and the notes."""
    written: list[str] = []

    async def take(request: web.Request) -> web.Response:
        written.append(request.headers["Authorization"].rpartition(" ")[2])
        return web.json_response({}, status=201)

    app = web.Application()
    app.add_routes([web.post("/things", take)])
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    rest = Rest(f"http://127.0.0.1:{runner.addresses[0][1]}", write_gap_seconds=HOUR)
    yield rest, written
    await rest.close()
    await runner.cleanup()


async def test_whoever_wrote_goes_on_at_once_and_the_next_one_of_the_same_payer_waits(site) -> None:
    rest, written = site
    await rest.ask("ours", "POST", "/things", "first", {})

    second = asyncio.get_running_loop().create_task(rest.ask("ours", "POST", "/things", "second", {}))
    await rest.ask("theirs", "POST", "/things", "other", {})
    await asyncio.wait([second], timeout=0.05)

    assert written == ["first", "other"]
    second.cancel()
