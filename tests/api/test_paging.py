import re

from support.services import entries, make_build

BUILDS = "/api/v1/projects/shop/builds"


def next_of(answer):
    found = re.fullmatch(r'<(.+)>; rel="next"', answer.headers.get("link", ""))
    return found and found[1]


async def test_a_page_leads_to_the_next_until_there_is_none(client, doubles):
    await client.post("/api/v1/projects", json={"name": "shop"})
    for number in range(1, 6):
        doubles.builds.rows[1, number] = make_build(1, number)
    numbers, there = [], f"{BUILDS}?limit=2"
    while there:
        answer = await client.get(there)
        numbers.append([build["number"] for build in answer.json()])
        there = next_of(answer)

    assert numbers == [[5, 4], [3, 2], [1]]


async def test_a_link_keeps_what_else_was_asked(client, doubles):
    await client.post("/api/v1/projects", json={"name": "shop"})
    for number in range(1, 4):
        doubles.builds.rows[1, number] = make_build(1, number)

    assert next_of(await client.get(f"{BUILDS}?limit=1&before=3")) == f"{BUILDS}?limit=1&before=2"


async def test_projects_come_in_pages_by_their_names(client):
    for name in ("a", "b", "c"):
        await client.post("/api/v1/projects", json={"name": name})
    first = await client.get("/api/v1/projects?limit=2")
    second = await client.get(next_of(first))

    assert [project["name"] for project in first.json()] == ["c", "b"]
    assert [project["name"] for project in second.json()] == ["a"]
    assert next_of(second) is None


async def test_a_page_after_a_project_that_is_gone_is_refused(client):
    answer = await client.get("/api/v1/projects?before=gone")

    assert (answer.status_code, answer.json()["field"]) == (422, "before")


async def test_a_full_page_of_a_log_leads_on(client, doubles):
    await client.post("/api/v1/projects", json={"name": "shop"})
    doubles.builds.rows[1, 3] = make_build(1, 3)
    await doubles.logs.append(103, entries("a", "b", "c"))
    first = await client.get(f"{BUILDS}/3/logs?limit=2")
    second = await client.get(next_of(first))

    assert [line["text"] for line in second.json()] == ["c"]
    assert next_of(second) is None
