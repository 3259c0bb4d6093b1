import pytest

from support.services import entries, make_build

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


async def test_a_log_is_cleared_and_goes_on_with_the_next_number(client, doubles, lines):
    answer = await client.delete(LOGS)

    assert (answer.status_code, answer.json()) == (200, {"goes_on_from": 7})
    assert (await client.get(LOGS)).json() == []
    await doubles.logs.append(1001, entries("g"))
    assert [line["number"] for line in (await client.get(LOGS)).json()] == [7]


async def test_the_log_of_a_build_is_cleared_by_its_number(client, doubles, lines):
    doubles.builds.rows[1, 3] = make_build(1, 3)
    await doubles.logs.append(103, entries("a"))

    answer = await client.delete("/api/v1/projects/shop/builds/3/logs")

    assert answer.json() == {"goes_on_from": 2}
    assert len((await client.get(LOGS)).json()) == 6
    assert (await client.delete("/api/v1/projects/shop/builds/4/logs")).status_code == 404


@pytest.mark.parametrize("number", ["w", "-1", "1" * 16])
async def test_the_number_of_the_last_line_is_refused_when_it_is_none(client, lines, number):
    answer = await client.get(LOGS, headers={"last-event-id": number})
    assert (answer.status_code, answer.json()["field"]) == (422, "Last-Event-ID")
