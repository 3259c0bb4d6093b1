import pytest

from support.services import entries

LOGS = "/api/v1/projects/shop/logs"


@pytest.fixture
async def lines(client, doubles):
    await client.post("/api/v1/projects", json={"name": "shop"})
    await doubles.logs.append(1001, entries(*"abcdef"))


async def test_a_page_without_after_holds_the_newest_lines(client, lines):
    assert [line["text"] for line in (await client.get(f"{LOGS}?limit=2")).json()] == ["e", "f"]


async def test_pages_follow_each_other_by_number(client, lines):
    first = (await client.get(f"{LOGS}?after=0&limit=4")).json()
    second = (await client.get(f"{LOGS}?after={first[-1]['number']}&limit=4")).json()
    assert [line["text"] for line in first + second] == list("abcdef")


async def test_a_negative_number_is_refused_at_the_field(client, lines):
    answer = await client.get(f"{LOGS}?after=-1")
    assert (answer.status_code, answer.json()["field"]) == (422, "after")
