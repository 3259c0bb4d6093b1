import pytest


async def test_no_page_of_the_framework_is_served(client):
    for page in ("/schema", "/schema/swagger", "/api/v1/swagger", "/api/v1/redoc"):
        assert (await client.get(page)).status_code == 404


async def test_an_app_of_another_listener_tells_nothing_of_the_host(doubles, stopping):
    from litestar.testing import AsyncTestClient

    from support.fake_accounts import OPERATOR
    from thakur.api import create_app

    async def operator(scope):
        return OPERATOR

    async with AsyncTestClient(create_app(doubles.services(), operator, stopping)) as client:
        assert (await client.get("/api/v1/host")).status_code == 404


@pytest.mark.parametrize(
    ("path", "methods"), [("/projects", "GET, OPTIONS, POST"), ("/projects/shop", "DELETE, GET, OPTIONS, PATCH")]
)
async def test_options_names_every_method_of_an_address(client, path, methods):
    assert (await client.options(f"/api/v1{path}")).headers["allow"] == methods
