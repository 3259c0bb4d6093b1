"""Apps that are here already: asked how they fare, told where this server is, let go."""

import asyncio

import msgspec
import pytest
from sqlalchemy import text

from thakur.accounts import ActionForbidden, Role
from thakur.github import GitHubUnavailable
from thakur.installations import AddressMissing, AppUnknown
from thakur.installations.registering.reach import PULL_HOOK_URL, Here

HOOK_URL = "https://deploy.example.com/webhooks/github"


@pytest.fixture
async def ours(rooms):
    ours = await rooms.principal()
    await rooms.add_app(ours)
    # The stand-in is on this host, so this host is where it sends to; a GitHub elsewhere is what is looked at here.
    rooms.upkeep._here = ElsewhereToo(HOOK_URL)
    return ours


class ElsewhereToo:
    def __init__(self, hook_url: str) -> None:
        self._hook_url = hook_url

    def hook_url(self, web_url: str) -> str:
        return self._hook_url


async def test_what_github_says_of_an_app_is_what_is_shown(rooms, house, ours) -> None:
    (app,) = await rooms.apps.every()
    house.fake_app.slug = "renamed"
    gone = house.github.install(house.fake_app, "grace")
    await rooms.upkeep.refresh(app)
    house.github.uninstall(gone)
    house.github.suspend(house.installation, is_suspended=True)

    assert await rooms.upkeep.refresh(app) == ""

    (shown,) = await rooms.apps.list(ours)
    assert shown.slug == "renamed"
    assert [(each.account, each.status) for each in shown.installations] == [("ada", "suspended"), ("grace", "gone")]


async def test_what_is_in_the_way_is_kept_and_goes_by_itself(rooms, house, ours) -> None:
    (app,) = await rooms.apps.every()
    house.github.fail("/app", times=10, status=401, message="A JSON web token could not be decoded")

    await rooms.upkeep.look_again(ours)
    (shown,) = await rooms.apps.list(ours)
    assert "401" in shown.trouble
    assert "private key" in shown.trouble

    house.github.faults._waiting.clear()
    assert await rooms.upkeep.refresh(app) == ""
    assert (await rooms.apps.list(ours))[0].trouble == ""


async def test_a_github_that_does_not_come_to_an_end_is_not_waited_for(rooms, ours, monkeypatch) -> None:
    async def never(self) -> None:
        await asyncio.Event().wait()

    monkeypatch.setattr("thakur.installations.upkeep.said.LOOK_SECONDS", 0.01)
    monkeypatch.setattr("thakur.github.App.found", never)
    (app,) = await rooms.apps.every()

    assert "takes too long" in await rooms.upkeep.refresh(app)


async def test_github_is_told_where_this_server_is_now(rooms, house, ours) -> None:
    app = await rooms.upkeep.set_hook(ours, house.fake_app.id)

    assert app.hook_url == house.fake_app.hook_url == HOOK_URL
    before = house.fake_app.webhook_secret
    await rooms.upkeep.set_hook(ours, house.fake_app.id, house.github.url, is_new_secret=True)
    assert house.fake_app.webhook_secret != before
    known = [each.secret.decode() for each in await rooms.apps.secrets()]
    assert known == [house.fake_app.webhook_secret, before], "events that are under way still count"


async def test_a_secret_that_github_was_not_told_is_not_the_one(rooms, house, ours) -> None:
    before = house.fake_app.webhook_secret
    house.github.fail("PATCH", times=9, status=502)

    with pytest.raises(GitHubUnavailable):
        await rooms.upkeep.set_hook(ours, house.fake_app.id, is_new_secret=True)

    assert (await rooms.apps.secrets())[0].secret.decode() == before


async def test_without_an_address_there_is_nothing_to_tell(rooms, house, ours) -> None:
    rooms.upkeep._here = ElsewhereToo("")
    with pytest.raises(AddressMissing) as refused:
        await rooms.upkeep.set_hook(ours, house.fake_app.id)
    assert "THAKUR_PUBLIC_URL" in refused.value.hint
    assert Here(None, "http://127.0.0.1:8000", pulls=True).hook_url("https://github.com") == PULL_HOOK_URL


async def test_an_app_that_is_removed_takes_its_secrets_and_what_follows_it_along(rooms, house, ours, db) -> None:
    await rooms.follow(ours)

    removed = await rooms.upkeep.remove(ours, house.fake_app.id)

    assert removed.settings_url == f"{house.github.url}/settings/apps/thakur"
    assert await rooms.apps.list(ours) == []
    assert await rooms.connections.every() == []
    assert len(await rooms.projects.list(ours)) == 1, "the project stays"
    async with db.session() as session:
        for table in ("github_apps", "github_installations", "github_connections", "github_tracks"):
            assert await session.scalar(text(f"SELECT count(*) FROM {table}")) == 0
    with pytest.raises(AppUnknown):
        await rooms.upkeep.remove(ours, house.fake_app.id)
    await rooms.jobs.drain()


async def test_another_teams_app_is_not_there_and_a_member_may_not(rooms, house, ours) -> None:
    theirs = await rooms.principal("theirs")
    member = msgspec.structs.replace(ours, roles={ours.team_id: Role.MEMBER})

    for asker, refusal in ((theirs, AppUnknown), (member, ActionForbidden)):
        with pytest.raises(refusal):
            await rooms.upkeep.set_hook(asker, house.fake_app.id)
        with pytest.raises(refusal):
            await rooms.upkeep.remove(asker, house.fake_app.id)
    assert len(await rooms.apps.list(ours)) == 1
