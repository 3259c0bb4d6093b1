import pytest


@pytest.mark.parametrize("body", [b"", b"{", b"\xff\xfe", b"name=shop"])
async def test_a_body_that_is_no_json_is_malformed(client, body):
    answer = await client.post("/api/v1/projects", content=body)
    assert answer.status_code == 400
    assert answer.json()["code"] == "malformed"


@pytest.mark.parametrize("body", [{}, {"name": 5}, {"name": None}])
async def test_a_wrong_field_is_named(client, body):
    answer = await client.post("/api/v1/projects", json=body)
    assert answer.status_code == 422
    assert answer.json()["field"] == "name"


async def test_json_of_the_wrong_shape_is_invalid(client):
    assert (await client.post("/api/v1/projects", json=["shop"])).status_code == 422


async def test_a_json_body_has_a_limit(client):
    answer = await client.post("/api/v1/projects", content=b'"' + b"x" * 2_000_000 + b'"')
    assert answer.status_code == 413
