from support.services import make_deployment
from thakur.projects import Project, ProjectStatus


async def test_a_new_project_is_listed_with_its_url(client):
    created = await client.post("/api/v1/projects", json={"name": "shop"})
    assert created.status_code == 201
    assert created.json()["url"] == "http://shop.localhost:8080"
    assert created.json()["active"] is None

    listed = (await client.get("/api/v1/projects")).json()
    assert [project["name"] for project in listed] == ["shop"]


async def test_a_project_tells_what_is_live(client, doubles):
    await client.post("/api/v1/projects", json={"name": "shop"})
    doubles.runtime.rows[1, 7] = make_deployment(1, 7)
    assert (await client.get("/api/v1/projects/shop")).json()["active"] == 7
    assert (await client.get("/api/v1/projects")).json()[0]["active"] == 7


async def test_a_taken_name_is_a_conflict(client):
    await client.post("/api/v1/projects", json={"name": "shop"})
    answer = await client.post("/api/v1/projects", json={"name": "shop"})
    assert answer.status_code == 409
    assert answer.json()["code"] == "project_name_taken"


async def test_a_deleted_project_answers_404(client):
    await client.post("/api/v1/projects", json={"name": "shop"})
    gone = await client.delete("/api/v1/projects/shop")
    assert (gone.status_code, gone.json()) == (202, {"name": "shop", "status": "deleting"})
    assert (await client.get("/api/v1/projects/shop")).status_code == 404
    assert (await client.delete("/api/v1/projects/shop")).status_code == 404


async def test_another_teams_project_is_not_found(client, doubles):
    foreign = Project(
        id=9, team_id=2, name="theirs", status=ProjectStatus.ACTIVE, created_at=make_deployment().created_at
    )
    doubles.projects.rows.append(foreign)
    for path in ("", "/builds", "/builds/1", "/builds/1/logs", "/deployments", "/deployments/1", "/logs"):
        assert (await client.get(f"/api/v1/projects/theirs{path}")).status_code == 404, path
    assert (await client.delete("/api/v1/projects/theirs")).status_code == 404
    assert (await client.post("/api/v1/projects/theirs/builds", content=b"x")).status_code == 404


async def test_a_project_tells_how_much_of_the_disk_its_artifacts_take(client, doubles):
    await client.post("/api/v1/projects", json={"name": "shop"})
    assert (await client.get("/api/v1/projects/shop")).json()["artifact_bytes"] == 0
    doubles.builds.kept_bytes = 7
    assert (await client.get("/api/v1/projects")).json()[0]["artifact_bytes"] == 7


async def test_a_projects_caches_are_told_and_cleared(client, doubles):
    await client.post("/api/v1/projects", json={"name": "shop"})
    doubles.caches.kept_bytes = {1: 7}
    assert (await client.get("/api/v1/projects/shop")).json()["cache_bytes"] == 7

    cleared = await client.delete("/api/v1/projects/shop/cache")

    assert (cleared.status_code, cleared.json()) == (200, {"name": "shop", "freed_bytes": 7})
    assert (await client.get("/api/v1/projects/shop")).json()["cache_bytes"] == 0
    assert (await client.delete("/api/v1/projects/theirs/cache")).status_code == 404


async def test_settings_change_by_name(client):
    await client.post("/api/v1/projects", json={"name": "shop"})
    assert (await client.get("/api/v1/projects/shop")).json()["settings"] == {}

    await client.patch("/api/v1/projects/shop", json={"settings": {"start": "bun x.js", "cpus": 2}})
    changed = await client.patch("/api/v1/projects/shop", json={"settings": {"cpus": None, "build": ""}})

    assert (changed.status_code, changed.json()["settings"]) == (200, {"start": "bun x.js", "build": ""})
    assert (await client.get("/api/v1/projects/shop")).json()["settings"] == changed.json()["settings"]


async def test_a_setting_that_is_refused_is_named(client):
    await client.post("/api/v1/projects", json={"name": "shop"})
    answer = await client.patch("/api/v1/projects/shop", json={"settings": {"runtime": "deno"}})
    assert (answer.status_code, answer.json()["field"]) == (422, "runtime")
    assert answer.json()["hint"] == "It may be bun or node."
    assert (await client.patch("/api/v1/projects/shop", json={"setings": {}})).status_code == 422
    assert (await client.patch("/api/v1/projects/nope", json={"settings": {}})).status_code == 404
