import pytest

PATHS = ["/api/v1/projects", "/api/v1/nothing", "/", "/api/v1/host", "/api/v1/openapi.json", "/up/../api/v1/projects"]


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("method", ["GET", "POST", "DELETE", "PATCH"])
async def test_a_stranger_gets_401_for_every_path_and_method(stranger, method, path):
    answer = await stranger.request(method, path)
    assert answer.status_code == 401
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["www-authenticate"] == "Bearer"
    assert answer.json()["code"] == "principal_missing"


async def test_a_stranger_may_ask_for_health(stranger):
    assert (await stranger.get("/up")).status_code == 200
    assert (await stranger.get("/ready")).status_code == 200


async def test_a_principal_that_cannot_be_loaded_is_a_problem_too(doubles, stopping):
    from litestar.testing import AsyncTestClient

    from thakur.api import create_app
    from thakur.errors import Unavailable

    async def away(scope):
        raise Unavailable("PostgreSQL is away")

    async with AsyncTestClient(create_app(doubles.services(), away, stopping)) as client:
        answer = await client.get("/api/v1/projects")
    assert answer.status_code == 503
    assert answer.json()["detail"] == "PostgreSQL is away"
