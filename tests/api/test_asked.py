from support.fake_accounts import OPERATOR


async def test_every_call_acts_for_the_principal_of_the_listener(client, doubles):
    seen = []

    async def list_projects(principal):
        seen.append(principal)
        return []

    doubles.projects.list = list_projects
    await client.get("/api/v1/projects")
    assert seen == [OPERATOR]


async def test_the_project_of_a_path_is_asked_for_by_its_decoded_name(client, doubles):
    seen = []
    get = doubles.projects.get

    async def watched(principal, name):
        seen.append(name)
        return await get(principal, name)

    doubles.projects.get = watched
    await client.get("/api/v1/projects/gr%C3%BCn/builds")
    assert seen == ["grün"]
