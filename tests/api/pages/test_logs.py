import pytest

from thakur.logs import Entry


@pytest.fixture(autouse=True)
async def stream(client, doubles) -> int:
    await client.post("/api/v1/projects", json={"name": "shop"})
    stream_id = await doubles.runtime.runtime_stream(None, 1, "production")
    await doubles.logs.append(stream_id, [Entry(f"request {number}") for number in range(1, 6)])
    return stream_id


async def test_the_page_shows_what_replicas_write_and_follows(client):
    text = (await client.get("/projects/shop/logs")).text

    assert "request 5" in text
    assert 'hx-sse:connect="/projects/shop/logs/events?after=5"' in text
    assert "data-live" in text


async def test_clearing_removes_what_was_written(client):
    answer = await client.post("/projects/shop/logs/clearing")

    assert "request 5" not in answer.text
    assert "The log was cleared." in answer.text


async def test_a_stretch_goes_on_after_a_number(client):
    text = (await client.get("/projects/shop/logs/lines?after=3")).text

    assert "request 4" in text
    assert "request 3" not in text
