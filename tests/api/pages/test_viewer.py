import pytest
from litestar.testing import AsyncTestClient

from support.services import make_build, make_deployment
from thakur.accounts import Principal, Role
from thakur.api import create_app


@pytest.fixture
async def viewer(doubles, stopping):
    async def vera(scope):
        return Principal(actor="vera", team_id=1, roles={1: Role.VIEWER})

    async with AsyncTestClient(create_app(doubles.services(), vera, stopping)) as client:
        yield client


@pytest.mark.parametrize(
    "path",
    [
        "/projects",
        "/projects/new",
        "/projects/shop",
        "/projects/shop/deployments",
        "/projects/shop/deployments/1",
        "/projects/shop/logs",
        "/projects/shop/env",
    ],
)
async def test_who_only_reads_is_offered_nothing_that_is_refused(client, viewer, doubles, path):
    await client.post("/api/v1/projects", json={"name": "shop"})
    doubles.builds.rows[1, 1] = make_build(1, 1)
    doubles.runtime.rows[1, 1] = make_deployment(1, 1)

    page = (await viewer.get(path)).text
    main = page[page.index("<main") : page.index("</main>")]

    assert 'method="post"' not in main
    assert 'href="/projects/new"' not in main


async def test_who_only_reads_sees_settings_that_cannot_be_changed(client, viewer):
    await client.post("/api/v1/projects", json={"name": "shop"})

    page = (await viewer.get("/projects/shop/settings")).text

    assert page.count('<fieldset class="body" disabled>') == 2
    assert "Save run settings" not in page
