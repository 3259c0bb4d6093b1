import pytest


async def test_no_page_of_the_framework_is_served(client):
    for page in ("/schema", "/schema/swagger", "/api/v1/swagger", "/api/v1/redoc", "/"):
        assert (await client.get(page)).status_code == 404


@pytest.mark.parametrize("path", ["/api/v1/host", "/api/v1/host/stop"])
async def test_an_app_without_control_has_no_host_routes(doubles, stopping, path):
    from litestar.testing import AsyncTestClient

    from support.services import OPERATOR
    from thakur.api import create_app

    async def operator(scope):
        return OPERATOR

    async with AsyncTestClient(create_app(doubles.services(), operator, stopping)) as client:
        assert (await client.get(path)).status_code == 404
        assert (await client.post(path)).status_code == 404
