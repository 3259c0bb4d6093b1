"""Signing in with GitHub: who is let in, who is not, and what a sign-in is that somebody else has begun."""

import asyncio

import msgspec
import pytest
from sqlalchemy import text

from support.github_browser import Browser
from support.identified import VISITOR
from thakur.accounts import AttemptsExhausted, Role
from thakur.github import GitHubUnavailable
from thakur.identities import (
    AppMisfit,
    IdentityNeeded,
    IdentityTaken,
    NotAllowed,
    Returned,
    SignInCancelled,
    SignInUnusable,
)
from thakur.installations import AppGone


async def test_nobody_is_let_in_whom_nobody_has_allowed(doors) -> None:
    with pytest.raises(NotAllowed, match="ada may not sign in here") as refused:
        await doors.sign_in("ada")

    assert "thakur team allow ada" in refused.value.hint
    assert await doors.count("users") == 0
    assert await doors.count("sessions") == 0
    assert await doors.count("github_identities") == 0
    assert doors.house.github.state.grants.tokens == [], "what was asked for to know who they are is given back"


async def test_whoever_is_allowed_becomes_a_user_of_the_team_once(doors) -> None:
    await doors.allow("ada", Role.VIEWER)

    first = await doors.sign_in("ada")
    second = await doors.sign_in("ada")

    assert (first.actor, first.roles) == ("ada", {doors.admin.team_id: Role.VIEWER})
    assert second.user_id == first.user_id
    assert await doors.members() == {"ada": "viewer"}
    client = await doors.rooms.identifying.identities.client(first)
    assert client is not None
    assert (await client.user()).login == "ada"


async def test_two_first_sign_ins_at_once_are_one_user(doors) -> None:
    await doors.allow("ada")

    found = await asyncio.gather(*(doors.sign_in("ada") for _ in range(4)))

    assert len({each.user_id for each in found}) == 1
    assert await doors.count("users") == 1


async def test_a_renamed_login_stays_the_same_user_and_its_next_holder_is_nobody(doors) -> None:
    people = doors.house.github.state.people
    await doors.allow("ada")
    before = await doors.sign_in("ada")
    doors.house.github.rename_account(people.user("ada"), "ada-lovelace")
    people.user("ada")

    after = await doors.sign_in("ada-lovelace")

    assert (after.user_id, after.actor) == (before.user_id, "ada")
    assert [each.login for each in await doors.rooms.identifying.identities.of(after)] == ["ada-lovelace"]
    with pytest.raises(NotAllowed):
        await doors.sign_in("ada")


async def test_a_login_of_a_name_that_somebody_has_here_is_not_that_user(doors) -> None:
    ours = await doors.user("ada", Role.ADMIN)
    await doors.allow("ada", Role.VIEWER)

    found = await doors.sign_in("ada")

    assert (found.actor, found.user_id == ours.user_id) == ("ada-2", False)


async def test_a_linked_account_signs_in_as_its_user(doors) -> None:
    ours = await doors.user("grace", Role.ADMIN)
    await doors.link(ours, "ada")

    found = await doors.sign_in("ada")

    assert (found.user_id, found.roles) == (ours.user_id, ours.roles)


async def test_an_account_is_one_user_s_and_a_user_has_one(doors) -> None:
    grace, alan = await doors.user("grace"), await doors.user("alan")
    await doors.link(grace, "ada")

    with pytest.raises(IdentityTaken, match="another user"):
        await doors.link(alan, "ada")
    with pytest.raises(IdentityTaken, match="ada already"):
        await doors.link(grace, "mia")


async def test_what_was_unlinked_lets_nobody_in_and_is_revoked(doors) -> None:
    grace = await doors.user("grace")
    await doors.link(grace, "ada")
    (identity,) = await doors.rooms.identifying.identities.of(grace)

    await doors.rooms.identifying.identities.unlink(grace, identity.id)

    assert doors.house.github.state.grants.tokens == []
    with pytest.raises(NotAllowed):
        await doors.sign_in("ada")


async def test_whom_a_list_let_in_cannot_stay_without_it(doors) -> None:
    await doors.allow("ada")
    ada = await doors.sign_in("ada")
    (identity,) = await doors.rooms.identifying.identities.of(ada)

    assert identity.came_in
    with pytest.raises(IdentityNeeded):
        await doors.rooms.identifying.identities.unlink(ada, identity.id)


async def test_a_sign_in_of_a_link_cannot_be_brought_back_by_somebody_else(doors) -> None:
    grace, mallory = await doors.user("grace"), await doors.user("mallory")
    begun = await doors.begin(mallory)
    returned = await doors.brought(begun, "ada")

    for asker in (grace, None):
        with pytest.raises(SignInUnusable):
            await doors.sign_ins.complete(begun.journey, returned, VISITOR, asker)

    assert await doors.count("github_identities") == 0


async def test_what_was_not_begun_here_comes_to_nothing(doors) -> None:
    await doors.allow("ada")
    begun, other = await doors.begin(), await doors.begin()
    back = await doors.brought(begun, "ada")
    changed, other_state = begun.journey[:-4] + "AAAA", Returned(state="another", code=back.code)

    for journey, returned in (
        (begun.journey, other_state),
        (changed, back),
        ("", back),
        ("é", back),
        (other.journey, back),
        (begun.journey, Returned(state=back.state)),
    ):
        with pytest.raises(SignInUnusable):
            await doors.sign_ins.complete(journey, returned, VISITOR)

    assert await doors.count("sessions") == 0


async def test_a_sign_in_counts_once(doors) -> None:
    await doors.allow("ada")
    begun = await doors.begin()
    returned = await doors.brought(begun, "ada")
    await doors.sign_ins.complete(begun.journey, returned, VISITOR)

    with pytest.raises(SignInUnusable):
        await doors.sign_ins.complete(begun.journey, returned, VISITOR)

    # Also with a code that GitHub would take.
    with pytest.raises(SignInUnusable):
        await doors.sign_ins.complete(begun.journey, await doors.brought(begun, "ada"), VISITOR)
    assert await doors.count("sessions") == 1


async def test_a_code_counts_once_and_only_with_its_own_verifier(doors) -> None:
    await doors.allow("ada")
    begun, other = await doors.begin(), await doors.begin()
    returned = await doors.brought(begun, "ada")
    # Somebody puts a code that they have caught into a sign-in of their own.
    stolen = Returned(state=(await doors.brought(other, "mia")).state, code=returned.code)

    with pytest.raises(SignInUnusable):
        await doors.sign_ins.complete(other.journey, stolen, VISITOR)
    with pytest.raises(SignInUnusable):
        await doors.sign_ins.complete(begun.journey, returned, VISITOR)

    assert await doors.count("sessions") == 0


async def test_a_sign_in_ends_after_ten_minutes(doors, monkeypatch) -> None:
    import thakur.identities.signing.journeys as journeys

    begun = await doors.begin()
    returned = await doors.brought(begun, "ada")
    now = journeys.time.time()
    monkeypatch.setattr(journeys.time, "time", lambda: now + 601)

    with pytest.raises(SignInUnusable):
        await doors.sign_ins.complete(begun.journey, returned, VISITOR)


async def test_whoever_says_no_at_github_is_told_so(doors) -> None:
    doors.house.github.state.asks = True
    begun = await doors.begin()
    async with Browser(doors.house.github, "ada") as browser:
        await browser.get(begun.url)
        asked = dict(pair.split("=", 1) for pair in begun.url.partition("?")[2].split("&"))
        from urllib.parse import unquote

        form = {name: unquote(value) for name, value in asked.items() if name != "response_type"}
        back = await browser.post("/login/oauth/authorize", decision="cancel", **form)
    brings = {name: value for name, value in back.brings.items() if name != "error_description"}

    with pytest.raises(SignInCancelled):
        await doors.sign_ins.complete(begun.journey, Returned(**brings), VISITOR)


async def test_an_app_that_is_not_as_github_has_it_says_what_to_do(doors) -> None:
    begun = await doors.begin()
    returned = await doors.brought(begun, "ada")
    doors.house.fake_app.client_secret = "another"

    with pytest.raises(AppMisfit, match="incorrect_client_credentials") as refused:
        await doors.sign_ins.complete(begun.journey, returned, VISITOR)

    assert "thakur github add" in refused.value.hint


async def test_github_being_away_is_no_wrong_secret(doors) -> None:
    await doors.allow("ada")
    for _ in range(25):
        begun = await doors.begin()
        returned = await doors.brought(begun, "ada")
        doors.house.github.fail("GET /api/v3/user", 1, 403, retry_after="30")
        with pytest.raises(GitHubUnavailable):
            await doors.sign_ins.complete(begun.journey, returned, VISITOR)


async def test_whoever_tries_many_is_told_to_wait(doors) -> None:
    for _ in range(20):
        with pytest.raises(SignInUnusable):
            await doors.sign_ins.complete("nothing", Returned(state="s", code="c"), VISITOR)

    with pytest.raises(AttemptsExhausted):
        await doors.sign_ins.complete("nothing", Returned(state="s", code="c"), VISITOR)


async def test_no_sign_in_makes_the_first_owner(doors) -> None:
    await doors.allow("ada", Role.ADMIN)

    await doors.sign_in("ada")

    assert (await doors.rooms.people.links.make_first()) is not None


async def test_an_app_of_another_team_lets_nobody_into_ours(doors) -> None:
    ours = await doors.user("grace", Role.ADMIN)
    await doors.link(ours, "ada")
    async with doors.rooms.db.session() as session:
        await session.execute(text("INSERT INTO teams (name) VALUES ('others')"))
        await session.execute(text("UPDATE github_apps SET team_id = (SELECT id FROM teams WHERE name = 'others')"))

    with pytest.raises(NotAllowed):
        await doors.sign_in("ada")


async def test_nobody_links_an_account_by_an_app_of_a_team_that_they_are_not_in(doors) -> None:
    ours = await doors.user("grace")
    stranger = msgspec.structs.replace(ours, team_id=ours.team_id + 1, roles={ours.team_id + 1: Role.OWNER})

    with pytest.raises(AppGone):
        await doors.begin(stranger)


async def test_whoever_is_not_allowed_is_not_asked_about_without_end(doors) -> None:
    for _ in range(20):
        with pytest.raises(NotAllowed):
            await doors.sign_in("ada")

    with pytest.raises(AttemptsExhausted):
        await doors.sign_in("ada")


async def test_an_app_whose_api_is_elsewhere_is_not_asked_who_somebody_is(doors) -> None:
    async with doors.rooms.db.session() as session:
        await session.execute(text("UPDATE github_apps SET api_url = 'http://127.0.0.1:2/api/v3'"))

    assert await doors.sign_ins.apps() == []


async def test_nothing_of_a_sign_in_is_in_the_audit_log(doors) -> None:
    await doors.allow("ada")
    await doors.sign_in("ada")

    events = await doors.rooms.people.accounts.events(doors.admin)
    assert [(each.actor, each.action) for each in reversed(events)][-3:] == [
        ("ada", "allow github"),
        ("ada", "join"),
        ("ada", "sign in"),
    ]
    held = doors.house.github.state.grants.tokens[0]
    assert all(secret not in each.subject for each in events for secret in (held.text, held.refresh_text))
