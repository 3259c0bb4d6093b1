"""Tokens of people: one renewal for everybody, and an end that leaves nobody signed in who should not be."""

import asyncio
import json
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from support.github_rooms import RING
from support.identified import Known, granted
from support.services import AT
from thakur.accounts import TokenRefused
from thakur.github import GitHubUnavailable, GrantRefused
from thakur.identities import SignInAgain
from thakur.identities.models import AdmissionRow
from thakur.identities.secrets import ResealingOfUserTokens
from thakur.security import KeyRing, Resealed, Sealer


async def grow_old(ada: Known) -> None:
    """As if the token's eight hours had passed, here and there."""
    ada.house.github.state.grants.expire(ada.person)
    async with ada.rooms.db.session() as session:
        await session.execute(text("UPDATE github_user_tokens SET expires_at = now()"))


async def came_in(ada: Known) -> None:
    async with ada.rooms.db.session() as session:
        session.add(
            AdmissionRow(
                team_id=ada.principal.team_id,
                user_id=ada.principal.user_id,
                identity_id=ada.identity_id,
                role="admin",
                check_at=AT,
            )
        )


async def test_a_person_is_asked_about_with_their_own_token(ada) -> None:
    client = await ada.client()

    assert (await client.user()).id == ada.person.id
    (installation,) = await client.installations()
    page = await client.repositories(installation.id)
    assert [each.full_name for each in page.repositories] == ["ada/shop"]
    assert (page.total, page.next_page) == (1, None)
    assert page.repositories[0].permissions["admin"]


async def test_ten_at_once_are_one_renewal(ada, monkeypatch) -> None:
    await grow_old(ada)
    clients = [await ada.client() for _ in range(10)]
    grants, asked = ada.house.github.state.grants, []
    renew = grants.refresh
    monkeypatch.setattr(grants, "refresh", lambda app, text: asked.append(text) or renew(app, text))

    found = await asyncio.gather(*(client.user() for client in clients))

    assert {each.login for each in found} == {"ada"}
    assert len(asked) == 1


async def test_a_token_that_github_refuses_before_its_time_is_renewed(ada) -> None:
    ada.house.github.state.grants.expire(ada.person)

    assert (await (await ada.client()).user()).login == "ada"


async def test_an_asker_who_goes_away_does_not_lose_the_new_pair(ada, monkeypatch) -> None:
    await grow_old(ada)
    grants, is_renewed = ada.house.github.state.grants, asyncio.Event()
    renew = grants.refresh
    monkeypatch.setattr(grants, "refresh", lambda app, text: is_renewed.set() or renew(app, text))
    gone = asyncio.ensure_future((await ada.client()).user())
    await is_renewed.wait()
    gone.cancel()
    with pytest.raises(asyncio.CancelledError):
        await gone

    assert (await (await ada.client()).user()).login == "ada"


async def test_tokens_of_an_app_without_expiry_live_on_and_end_when_refused(ada) -> None:
    ada.house.fake_app.has_expiring_tokens = False
    token = granted(ada.house, ada.person)
    async with ada.rooms.db.session() as session:
        await ada.rooms.identifying.tokens.keep(session, ada.identity_id, ada.app, token)
    client = await ada.client()
    assert token.expires_at is None
    assert (await client.user()).login == "ada"

    ada.house.github.state.grants.revoke(ada.house.fake_app, ada.person)

    with pytest.raises(SignInAgain):
        await client.user()
    assert not await ada.has_tokens()


async def test_a_refresh_token_that_has_expired_means_to_sign_in_again(ada) -> None:
    await grow_old(ada)
    ada.house.github.state.grants.expire(ada.person, is_refresh_too=True)
    secret = await ada.session()

    assert await ada.rooms.identifying.identities.apps(ada.principal) == {ada.app}
    with pytest.raises(SignInAgain, match="any more"):
        await (await ada.client()).user()
    assert await ada.rooms.identifying.identities.apps(ada.principal) == set()

    assert not await ada.has_tokens()
    assert await ada.is_signed_in(secret)


async def test_whom_a_list_let_in_is_out_when_nobody_can_be_asked_about_them(ada) -> None:
    await came_in(ada)
    secret, token = await ada.session(), await ada.api_token()
    ada.house.github.state.grants.revoke(ada.house.fake_app, ada.person)

    with pytest.raises(SignInAgain):
        await (await ada.client()).user()

    assert not await ada.is_signed_in(secret)
    with pytest.raises(TokenRefused):
        await ada.rooms.people.tokens.principal(token, "")


async def test_github_being_away_ends_nothing(ada, monkeypatch) -> None:
    await grow_old(ada)
    client = await ada.client()

    with monkeypatch.context() as broken:
        broken.setattr(ada.house.github.state.grants, "refresh", lambda *_: 1 / 0)
        with pytest.raises(GitHubUnavailable):
            await client.user()

    assert (await client.user()).login == "ada"


async def test_a_wrong_secret_of_the_app_ends_nothing(ada) -> None:
    await grow_old(ada)
    right = ada.house.fake_app.client_secret
    ada.house.fake_app.client_secret = "another"
    client = await ada.client()

    with pytest.raises(GrantRefused) as refused:
        await client.user()

    assert refused.value.reason == "incorrect_client_credentials"
    ada.house.fake_app.client_secret = right
    assert (await client.user()).login == "ada"


async def test_taking_it_back_on_github_ends_sessions_and_tokens(ada) -> None:
    secret, token = await ada.session(), await ada.api_token()
    revoked = ada.rooms.identifying.identities.revoked

    await revoked(ada.app, ada.person.id + 1)
    assert await ada.is_signed_in(secret)
    await revoked(ada.app, ada.person.id)
    await revoked(ada.app, ada.person.id)

    assert not await ada.is_signed_in(secret)
    assert not await ada.has_tokens()
    # They came in by a link, so what they made is theirs.
    assert (await ada.rooms.people.tokens.principal(token, "")).user_id == ada.principal.user_id


async def test_a_webhook_that_tells_of_it_ends_them_too(ada) -> None:
    secret = await ada.session()
    told = {"action": "revoked", "sender": {"login": "ada", "id": ada.person.id}}

    await ada.rooms.deliver("github_app_authorization", json.dumps(told).encode(), "a")
    await ada.rooms.jobs.drain()

    assert not await ada.is_signed_in(secret)
    assert not await ada.has_tokens()


async def test_nothing_of_a_token_is_read_in_the_database_or_shown(ada) -> None:
    (held,) = await ada.rooms.identifying.tokens.held(ada.identity_id)
    async with ada.rooms.db.session() as session:
        rows = (await session.execute(text("SELECT github_user_tokens::text FROM github_user_tokens"))).scalars().all()

    assert held[1].encode().hex() not in "".join(rows)
    assert held[1] not in repr(granted(ada.house, ada.person))
    assert repr(granted(ada.house, ada.person)).startswith("UserToken(expires_at=")


def test_ends_are_counted_from_here() -> None:
    from thakur.github.oauth import _end

    end = _end(28800)
    assert end is not None
    assert abs(end - datetime.now(UTC) - timedelta(hours=8)) < timedelta(minutes=1)


async def test_tokens_of_people_are_sealed_anew_and_open_under_the_new_key_alone(ada) -> None:
    both = KeyRing({**RING.keys, RING.current + 1: b"n" * 32})
    resealing = ResealingOfUserTokens(ada.rooms.db, Sealer(both, "github users"))

    assert await resealing.seal_again() == Resealed(2, 0)
    assert await resealing.seal_again() == Resealed(0, 0)
    ada.rooms.identifying.tokens._sealer = Sealer(KeyRing({RING.current + 1: b"n" * 32}), "github users")
    assert (await (await ada.client()).user()).id == ada.person.id
