"""Who may sign in: by number and not by name, for as long as the list and GitHub say so."""

import pytest
from sqlalchemy import text

from thakur.accounts import ActionForbidden, Principal, Role, TeamNotFound, TokenRefused, TokenScope
from thakur.fakegithub.people.accounts import Membership
from thakur.identities import AllowanceNotFound, AllowanceRefused, NotAllowed
from thakur.identities.allowed import Standing, role_of
from thakur.identities.models import AllowanceRow


def allowance(kind: str, number: int, role: str) -> AllowanceRow:
    return AllowanceRow(kind=kind, number=number, role=role)


@pytest.mark.parametrize(
    ("standing", "role"),
    [
        (Standing(number=1), "viewer"),
        (Standing(number=2), None),
        (Standing(number=2, organizations=[7]), "member"),
        (Standing(number=1, organizations=[7]), "member"),
        (Standing(number=2, organizations=[7], teams=[9]), "admin"),
        (Standing(number=7), None),
        (Standing(number=2, organizations=[1]), None),
        (Standing(number=2, teams=[7]), None),
    ],
)
def test_the_greatest_role_that_fits_counts_and_numbers_of_other_kinds_do_not(standing, role) -> None:
    rows = [allowance("user", 1, "viewer"), allowance("organization", 7, "member"), allowance("team", 9, "admin")]

    assert role_of(standing, rows) == role


async def test_a_member_of_an_organisation_is_let_in_and_somebody_who_was_only_invited_is_not(doors) -> None:
    made = await doors.allow("Acme", Role.VIEWER)
    assert (made.kind, made.name) == ("organization", "acme")

    await doors.sign_in("mia")
    for login in ("ivo", "ada"):
        with pytest.raises(NotAllowed) as refused:
            await doors.sign_in(login)
        assert "may read members" in refused.value.hint

    assert await doors.members() == {"mia": "viewer"}


async def test_of_a_team_only_its_members_are_let_in(doors) -> None:
    people = doors.house.github.state.people
    noa = people.user("noa")
    doors.acme.members[noa.id] = Membership()
    made = await doors.allow("acme/web", Role.ADMIN)
    assert (made.kind, made.name) == ("team", "acme/web")

    await doors.sign_in("mia")
    with pytest.raises(NotAllowed):
        await doors.sign_in("noa")

    assert await doors.members() == {"mia": "admin"}


async def test_whoever_leaves_the_organisation_is_out_within_the_hour_with_sessions_and_tokens(doors) -> None:
    await doors.allow("acme")
    mia = await doors.sign_in("mia")
    secret = (await doors.rooms.people.tokens.make(mia, "ci", TokenScope.ALL, None)).secret
    await doors.an_hour_later()
    assert await doors.is_in("mia")
    assert await doors.rooms.identifying.rechecks.look() is False

    del doors.acme.members[mia_id := doors.house.github.state.people.user("mia").id]
    await doors.an_hour_later()

    assert not await doors.is_in("mia")
    assert await doors.members() == {}
    with pytest.raises(TokenRefused):
        await doors.rooms.people.tokens.principal(secret, "")
    with pytest.raises(NotAllowed):
        await doors.sign_in("mia")
    doors.acme.members[mia_id] = Membership()
    assert (await doors.sign_in("mia")).user_id == mia.user_id


async def test_what_is_taken_off_the_list_puts_out_whom_nothing_else_lets_in(doors) -> None:
    await doors.allow("acme", Role.VIEWER)
    one = await doors.allow("ada")
    await doors.sign_in("mia")
    await doors.sign_in("ada")

    await doors.rooms.identifying.allowances.disallow(doors.admin, "ours", one.id)
    await doors.rooms.identifying.rechecks.look()

    assert await doors.members() == {"mia": "viewer"}
    assert (await doors.is_in("mia"), await doors.is_in("ada")) == (True, False)


async def test_github_being_away_puts_nobody_out(doors) -> None:
    await doors.allow("acme")
    await doors.sign_in("mia")
    doors.house.github.fail("GET /api/v3/user", 9, 403, retry_after="60")

    await doors.an_hour_later()

    assert await doors.is_in("mia")


async def test_whoever_took_it_back_on_github_is_out_even_if_no_webhook_has_told(doors) -> None:
    await doors.allow("acme")
    await doors.sign_in("mia")
    grants = doors.house.github.state.grants
    grants.revoke(doors.house.fake_app, doors.house.github.state.people.user("mia"))

    await doors.an_hour_later()

    assert not await doors.is_in("mia")
    await doors.sign_in("mia")


async def test_whom_an_admin_put_out_does_not_come_in_again_by_the_list(doors) -> None:
    await doors.allow("acme")
    mia = await doors.sign_in("mia")
    await doors.rooms.people.teams.remove(doors.admin, "ours", "mia")
    assert not await doors.is_in("mia")

    with pytest.raises(NotAllowed):
        await doors.sign_in("mia")

    made = await doors.rooms.people.links.invite(doors.admin, "ours", Role.VIEWER)
    from support.identified import VISITOR

    await doors.rooms.people.links.use(made.secret, VISITOR, "", mia)
    assert (await doors.sign_in("mia")).roles == {doors.admin.team_id: Role.VIEWER}


async def test_whoever_leaves_the_team_that_gave_more_has_what_is_left_of_the_list(doors) -> None:
    await doors.allow("acme", Role.VIEWER)
    await doors.allow("acme/web", Role.ADMIN)
    await doors.sign_in("mia")
    assert await doors.members() == {"mia": "admin"}

    doors.acme.teams["web"].members.clear()
    await doors.an_hour_later()

    assert await doors.members() == {"mia": "viewer"}
    events = await doors.rooms.people.accounts.events(doors.admin)
    assert events[0].subject.startswith("mia from admin to viewer")


async def test_whom_somebody_here_made_less_is_not_made_more_by_the_list(doors) -> None:
    await doors.allow("acme/web", Role.ADMIN)
    await doors.sign_in("mia")
    await doors.rooms.people.teams.change_role(doors.admin, "ours", "mia", Role.VIEWER)

    for role in (Role.MEMBER, Role.VIEWER, Role.ADMIN):
        await doors.allow("acme/web", role)
        await doors.an_hour_later()
        assert await doors.members() == {"mia": "viewer"}


async def test_a_role_that_was_changed_here_stays_and_an_owner_stays_whoever_leaves(doors) -> None:
    await doors.allow("acme", Role.VIEWER)
    await doors.sign_in("mia")
    await doors.rooms.people.teams.change_role(doors.admin, "ours", "mia", Role.OWNER)
    await doors.sign_in("mia")
    doors.acme.members.clear()

    await doors.an_hour_later()

    assert await doors.members() == {"mia": "owner"}
    assert await doors.count("github_admissions") == 0


async def test_without_an_app_that_can_ask_nobody_stays_by_the_list(doors) -> None:
    await doors.allow("acme")
    await doors.sign_in("mia")
    async with doors.rooms.db.session() as session:
        await session.execute(text("DELETE FROM github_user_tokens"))

    await doors.an_hour_later()
    told = await doors.count("audit_events")
    await doors.an_hour_later()

    assert not await doors.is_in("mia")
    assert await doors.count("audit_events") == told, "what has ended is told once"


REFUSED = {
    "nobody-at-all": "GitHub knows no",
    "acme/nothing": "GitHub knows no",
    "": "no name",
    "../..": "no name",
    "acme/..": "no name",
    "ada\0": "no name",
    "umbrella": "is not installed on umbrella",
    "umbrella/web": "is not installed on umbrella",
}


async def test_what_cannot_be_on_the_list_is_refused(doors) -> None:
    doors.house.github.state.people.organization("umbrella")

    for name, why in REFUSED.items():
        with pytest.raises(AllowanceRefused, match=why):
            await doors.allow(name)
    with pytest.raises(AllowanceRefused, match="Nobody becomes an owner"):
        await doors.allow("ada", Role.OWNER)

    assert await doors.count("github_allowances") == 0


async def test_an_app_that_may_not_read_members_is_named(doors) -> None:
    del doors.house.fake_app.permissions["members"]

    for name in ("acme", "acme/web"):
        with pytest.raises(AllowanceRefused, match="may not read the members of acme") as refused:
            await doors.allow(name)
        assert "Members: read" in refused.value.hint
    await doors.allow("mia")


async def test_the_list_is_for_admins_of_the_team_alone_and_gives_no_more_than_they_have(doors) -> None:
    allowances, team_id = doors.rooms.identifying.allowances, doors.admin.team_id
    made = await doors.allow("ada")
    member = Principal(actor="m", team_id=team_id, roles={team_id: Role.MEMBER})
    stranger = Principal(actor="s", team_id=team_id + 100, roles={team_id + 100: Role.OWNER})

    for asker, error in ((member, ActionForbidden), (stranger, TeamNotFound)):
        with pytest.raises(error):
            await allowances.list(asker, "ours")
        with pytest.raises(error):
            await allowances.allow(asker, "ours", "ada", Role.VIEWER)
        with pytest.raises(error):
            await allowances.disallow(asker, "ours", made.id)
    with pytest.raises(AllowanceNotFound):
        await allowances.disallow(doors.admin, "ours", made.id + 1)
    assert [each.name for each in await allowances.list(doors.admin, "ours")] == ["ada"]


async def test_the_same_name_again_gives_it_another_role(doors) -> None:
    await doors.allow("ada", Role.VIEWER)
    await doors.allow("ADA", Role.ADMIN)

    assert await doors.count("github_allowances") == 1
    assert (await doors.sign_in("ada")).roles == {doors.admin.team_id: Role.ADMIN}


async def test_which_github_is_meant_has_to_be_said_where_there_are_several(doors) -> None:
    allowances = doors.rooms.identifying.allowances
    async with doors.rooms.db.session() as session:
        copied = "team_id, app_id, slug, client_id, client_secret, private_key, webhook_secret, created_by"
        await session.execute(
            text(
                f"INSERT INTO github_apps (web_url, api_url, {copied})"
                f" SELECT 'https://git.example.com', 'https://git.example.com/api/v3', {copied} FROM github_apps"
            )
        )
    assert len(await allowances.sites(doors.admin, "ours")) == 2

    for url, why in (("", "has to be said"), ("https://git.example.org", "no GitHub App on")):
        with pytest.raises(AllowanceRefused, match=why):
            await allowances.allow(doors.admin, "ours", "ada", Role.VIEWER, url)
    made = await allowances.allow(doors.admin, "ours", "ada", Role.VIEWER, f"{doors.house.github.url}/")

    assert made.web_url == doors.house.github.url
