import re

import pytest


@pytest.fixture(autouse=True)
async def projects(client):
    for name in ("shop", "blog"):
        await client.post("/api/v1/projects", json={"name": name})


async def found(client, words: str) -> list[str]:
    text = (
        await client.get("/jump", params={"q": words}, headers={"hx-request": "1", "hx-target": "ul#jump-list"})
    ).text
    return re.findall(r'href="([^"]+)"', text)


@pytest.mark.parametrize(
    ("words", "urls"),
    [
        ("sho", ["/projects/shop"]),
        ("shop 97", ["/projects/shop/deployments/97"]),
        ("shop #97", ["/projects/shop/deployments/97"]),
        ("shop log", ["/projects/shop/logs"]),
        ("edg", ["/edges"]),
        ("nothing", []),
    ],
)
async def test_words_lead_to_projects_numbers_and_pages(client, words, urls):
    assert await found(client, words) == urls


async def test_without_scripts_it_is_a_page(client):
    assert "<h1>Jump to</h1>" in (await client.get("/jump?q=shop")).text


async def test_places_are_found_that_the_reader_may_go_to(client):
    found = (await client.get("/jump", params={"q": "git"})).text

    assert 'href="/installations"' in found
