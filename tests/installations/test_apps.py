"""Apps: added by what GitHub gave, kept sealed, known by their secrets."""

import pytest
from sqlalchemy import select

from thakur.accounts import ActionForbidden, Role
from thakur.github import AppKeyRefused, CredentialsRefused, SiteRefused
from thakur.installations import AppRefused
from thakur.installations.models import AppRow
from thakur.installations.secrets import ResealingOfApps
from thakur.security import KeyRing, Resealed, Sealer


async def test_an_app_is_kept_with_its_secrets_sealed_and_where_it_is_installed(rooms, house, db) -> None:
    added = await rooms.add_app(await rooms.principal())

    assert (added.slug, added.web_url) == ("thakur", house.github.url)
    assert [(each.account, each.status) for each in added.installations] == [("ada", "active")]
    (secret,) = await rooms.apps.secrets()
    assert (secret.number, secret.secret.decode()) == (house.fake_app.id, house.fake_app.webhook_secret)
    async with db.session() as session:
        row = await session.scalar(select(AppRow))
    kept = row.client_secret + row.private_key + row.webhook_secret
    assert not [
        text for text in (house.fake_app.client_secret, house.fake_app.webhook_secret, "BEGIN") if text.encode() in kept
    ]
    shown = repr((added, secret, rooms.asked()))
    assert house.fake_app.webhook_secret not in shown
    assert house.fake_app.client_secret not in shown


async def test_what_an_app_was_not_granted_is_named_until_it_is(rooms, house) -> None:
    permissions = house.fake_app.permissions
    del permissions["checks"]
    permissions["deployments"] = "read"
    permissions["contents"] = "write"
    ours = await rooms.principal()

    (installed,) = (await rooms.add_app(ours)).installations
    assert [(each.label, each.level) for each in installed.lacks] == [("Deployments", "write"), ("Checks", "read")]

    permissions |= {"deployments": "write", "checks": "write"}
    (installed,) = (await rooms.add_app(ours)).installations
    assert installed.lacks == ()


async def test_a_new_webhook_secret_counts_beside_the_old_one_for_a_day(rooms, db) -> None:
    ours = await rooms.principal()
    await rooms.add_app(ours)
    old = rooms.house.fake_app.webhook_secret

    await rooms.apps.add(ours, rooms.asked(webhook_secret="n" * 32))
    assert [each.secret.decode() for each in await rooms.apps.secrets()] == ["n" * 32, old]
    await rooms.apps.add(ours, rooms.asked(webhook_secret="n" * 32))
    assert len(await rooms.apps.secrets()) == 2, "the same once more is no other"

    async with db.session() as session:
        row = await session.scalar(select(AppRow))
        row.previous_until = row.created_at
    assert [each.secret.decode() for each in await rooms.apps.secrets()] == ["n" * 32]


@pytest.mark.parametrize(
    ("changed", "refusal", "field"),
    [
        ({"url": "http://git.example.com"}, SiteRefused, "url"),
        ({"api_url": "http://git.example.com"}, SiteRefused, "api_url"),
        ({"app_id": 0}, AppRefused, "app_id"),
        ({"webhook_secret": "short"}, AppRefused, "webhook_secret"),
        ({"private_key": "no key"}, AppKeyRefused, "private_key"),
        ({"app_id": 1}, CredentialsRefused, ""),
    ],
)
async def test_what_does_not_fit_is_refused_and_nothing_is_kept(rooms, changed, refusal, field) -> None:
    ours = await rooms.principal()
    with pytest.raises(refusal) as refused:
        await rooms.apps.add(ours, rooms.asked(**changed))
    assert refused.value.field == field
    assert refused.value.hint
    assert await rooms.apps.list(ours) == []


async def test_another_team_sees_nothing_of_an_app_and_cannot_take_it(rooms) -> None:
    await rooms.add_app(await rooms.principal())
    theirs = await rooms.principal("theirs")

    assert await rooms.apps.list(theirs) == []
    with pytest.raises(AppRefused, match="Another team"):
        await rooms.add_app(theirs)
    with pytest.raises(ActionForbidden):
        await rooms.add_app(await rooms.principal("members", Role.MEMBER))


async def test_all_its_secrets_are_sealed_anew(rooms, db) -> None:
    ours = await rooms.principal()
    await rooms.add_app(ours)
    await rooms.apps.add(ours, rooms.asked(webhook_secret="n" * 32))
    both = KeyRing({1: b"k" * 32, 2: b"n" * 32})

    assert await ResealingOfApps(db, Sealer(both, "github apps")).seal_again() == Resealed(4, 0)
    assert await ResealingOfApps(db, Sealer(both, "github apps")).seal_again() == Resealed(0, 0)
    rooms.apps._sealer = Sealer(KeyRing({2: b"n" * 32}), "github apps")
    assert len(await rooms.apps.secrets()) == 2
