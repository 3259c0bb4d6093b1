import logging

import pytest


async def test_an_unknown_address_is_a_problem(client):
    answer = await client.get("/api/v1/nothing")
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json() == {
        "type": "about:blank",
        "title": "Not Found",
        "status": 404,
        "detail": "There is nothing at this address",
        "code": "not_found",
    }


async def test_a_wrong_method_is_a_problem_that_names_the_right_ones(client):
    answer = await client.patch("/api/v1/projects")
    assert answer.status_code == 405
    assert answer.headers["content-type"] == "application/problem+json"
    assert "POST" in answer.headers["allow"]


async def test_a_typed_error_keeps_its_code_hint_and_field(client):
    answer = await client.post("/api/v1/projects", json={"name": "-x"})
    assert answer.status_code == 422
    body = answer.json()
    assert (body["code"], body["field"], body["hint"]) == ("project_name_invalid", "name", "Try: shop")
    assert body["title"] == "Unprocessable Entity"


async def test_a_bad_query_names_the_field(client, doubles):
    await client.post("/api/v1/projects", json={"name": "shop"})
    for query in ("limit=none", "limit=0", "limit=501"):
        answer = await client.get(f"/api/v1/projects/shop/builds?{query}")
        assert answer.status_code == 422, query
        assert answer.json()["field"] == "limit"


async def test_a_bug_is_logged_once_with_the_id_that_is_shown(client, doubles, caplog):
    async def broken(principal):
        raise RuntimeError("secret detail")

    doubles.projects.list = broken
    with caplog.at_level(logging.INFO):
        answer = await client.get("/api/v1/projects")

    assert answer.status_code == 500
    assert "secret detail" not in answer.text
    (record,) = [record for record in caplog.records if record.levelno >= logging.WARNING]
    assert record.report == answer.json()["id"]
    assert "secret detail" in str(record.exc_info[1])


@pytest.mark.parametrize("number", ["x", "-1", "1.5"])
async def test_a_number_that_is_none_is_not_found(client, number):
    await client.post("/api/v1/projects", json={"name": "shop"})
    assert (await client.get(f"/api/v1/projects/shop/builds/{number}")).status_code == 404
