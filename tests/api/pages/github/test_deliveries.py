"""The page of deliveries, over doubles."""

import pytest

from thakur.github import GitHubUnavailable


async def test_what_github_has_told_is_listed_with_what_became_of_it(client):
    page = (await client.get("/deliveries")).text

    assert "guid-1" in page
    assert "GitHub was away" in page
    assert 'data-s="failed"' in page
    assert page.count('action="/deliveries/redelivery"') == 1, "nothing follows from the other one"


@pytest.mark.parametrize(
    ("query", "there", "not_there"),
    [
        ({"status": "failed"}, "guid-1", "guid-2"),
        ({"status": "ignored"}, "guid-2", "guid-1"),
        ({"event": "star"}, "guid-2", "guid-1"),
        ({"before": 2}, "guid-1", "guid-2"),
        ({"status": "nonsense"}, "guid-1", "guid-3"),
        ({"status": "missing"}, "guid-3", "guid-1"),
    ],
)
async def test_filters_stand_in_the_address(client, query, there, not_there):
    page = (await client.get("/deliveries", params=query)).text

    assert there in page
    assert not_there not in page


async def test_one_is_had_once_more(client, doubles):
    again = await client.post("/deliveries/redelivery", data={"guid": "guid-1"})
    sent = await client.post("/deliveries/redelivery", data={"guid": "guid-3"})
    unknown = await client.post("/deliveries/redelivery", data={"guid": "nobody's"})

    assert "It is acted on again." in again.text
    assert "GitHub sends it again." in sent.text
    assert unknown.status_code == 404
    assert doubles.deliveries.again == ["guid-1", "guid-3"]


async def test_when_github_is_away_the_page_says_so_and_works(client, doubles):
    async def away(principal):
        raise GitHubUnavailable("it does not answer", 60.0)

    doubles.deliveries.missing = away

    answer = await client.get("/deliveries", params={"status": "missing"})

    assert answer.status_code == 200
    assert "GitHub cannot be asked now" in answer.text
    assert "It could not be asked." in answer.text


async def test_the_api_gives_the_same_in_pages(client):
    first = await client.get("/api/v1/github/deliveries", params={"limit": 1})

    assert [each["guid"] for each in first.json()] == ["guid-2"]
    assert first.headers["link"] == '</api/v1/github/deliveries?limit=1&before=2>; rel="next"'
    again = await client.post("/api/v1/github/deliveries/guid-1/redelivery")
    assert (again.status_code, again.json()) == (202, {"guid": "guid-1", "is_sent_again": False})
    assert [each["guid"] for each in (await client.get("/api/v1/github/deliveries/missing")).json()] == ["guid-3"]
