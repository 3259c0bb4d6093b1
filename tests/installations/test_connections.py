"""Projects that follow repositories."""

import pytest

from thakur.accounts import ActionForbidden, Role
from thakur.installations import RepositoryUnknown
from thakur.projects import ProjectNotFound


async def test_a_project_follows_a_repository_that_an_app_of_its_team_opens(rooms, house) -> None:
    ours = await rooms.principal()
    await rooms.add_app(ours)

    project = await rooms.follow(ours)

    followed = (await rooms.connections.of([project]))[project]
    assert (followed.full_name, followed.url) == ("ada/shop", f"{house.github.url}/ada/shop")
    assert "webhooks" in rooms.queue.wakes


@pytest.mark.parametrize("name", ["ada/other", "ada/nothing", "a/../../b", "ada", "ada/shop?x", ""])
async def test_what_no_app_opens_is_said_so(rooms, name) -> None:
    ours = await rooms.principal()
    with pytest.raises(RepositoryUnknown, match=r"opens|name") as refused:
        await rooms.connections.find(ours, name)
    assert refused.value.hint
    await rooms.add_app(ours)
    with pytest.raises(RepositoryUnknown):
        await rooms.connections.find(ours, name)


async def test_another_team_s_app_opens_nothing_for_us(rooms) -> None:
    theirs = await rooms.principal("theirs")
    await rooms.add_app(theirs)
    ours = await rooms.principal()
    with pytest.raises(RepositoryUnknown, match="opens"):
        await rooms.connections.find(ours, "ada/shop")


async def test_only_who_may_configure_a_project_has_it_follow(rooms) -> None:
    ours = await rooms.principal()
    await rooms.add_app(ours)
    found = await rooms.connections.find(ours, "ada/shop")
    project = (await rooms.projects.create(ours, "shop")).id
    with pytest.raises(ProjectNotFound):
        await rooms.connections.connect(await rooms.principal("theirs"), project, found)
    import msgspec

    viewer = msgspec.structs.replace(ours, roles={ours.team_id: Role.VIEWER})
    with pytest.raises(ActionForbidden):
        await rooms.connections.connect(viewer, project, found)
