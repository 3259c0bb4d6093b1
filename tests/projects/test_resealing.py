"""Env vars under a new key: none is lost wherever a rotation is cut off."""

import pytest
from sqlalchemy import text

from thakur.accounts import Principal
from thakur.db import Database
from thakur.git import GitRules
from thakur.projects import Phase, Scope
from thakur.projects.env import LocalEnvVars
from thakur.projects.repositories import LocalRepositories
from thakur.projects.resealing import resealing_of_env, resealing_of_tokens
from thakur.projects.service import LocalProjects
from thakur.security import KeyRing, Resealed, Sealer, SecretUnreadable

OLD, BOTH, NEW = (KeyRing({number: bytes([number]) * 32 for number in numbers}) for numbers in ((1,), (1, 2), (2,)))
URL = "https://github.com/ada/shop"
VALUES = {"KEY": "-----BEGIN-----\r\nabc\n", "URL": "postgres://user:p%40ss@db/x", "WORDS": " ü😀\t"}


def env_vars(db: Database, ring: KeyRing) -> LocalEnvVars:
    return LocalEnvVars(db, Sealer(ring, "env"))


@pytest.fixture
async def production(db: Database, projects: LocalProjects, ours: Principal) -> int:
    """Of a project whose env vars the old key has sealed."""
    shop = await projects.create(ours, "shop")
    await env_vars(db, OLD).set(ours, shop.id, Scope.PRODUCTION, VALUES)
    return (await projects.environment(shop.id, "production")).id


async def test_afterwards_the_new_key_alone_opens_them(db: Database, production: int) -> None:
    resealing = resealing_of_env(db, Sealer(BOTH, "env"))

    assert await resealing.seal_again() == Resealed(len(VALUES), 0)

    assert await env_vars(db, NEW).resolve(production, Phase.START) == VALUES
    with pytest.raises(SecretUnreadable):
        await env_vars(db, OLD).resolve(production, Phase.START)
    assert await resealing.seal_again() == Resealed(0, 0)


async def test_cut_off_half_way_both_keys_open_all_of_them_and_the_rest_follows(
    db: Database, production: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    resealing = resealing_of_env(db, Sealer(BOTH, "env"))
    whole, cuts = resealing._one, iter([False, True])

    async def cut_off(key: tuple[object, ...]) -> bool | None:
        if next(cuts):
            raise KeyboardInterrupt
        return await whole(key)

    monkeypatch.setattr(resealing, "_one", cut_off)
    with pytest.raises(KeyboardInterrupt):
        await resealing.seal_again()
    monkeypatch.undo()

    assert await env_vars(db, BOTH).resolve(production, Phase.START) == VALUES
    assert await resealing.seal_again() == Resealed(len(VALUES) - 1, 0)
    assert await env_vars(db, NEW).resolve(production, Phase.START) == VALUES


async def test_what_no_key_opens_is_counted_and_left(db: Database, production: int) -> None:
    del production
    async with db.session() as session:
        await session.execute(text("UPDATE environment_variables SET value = value || '\\x00' WHERE name = 'KEY'"))

    assert await resealing_of_env(db, Sealer(BOTH, "env")).seal_again() == Resealed(len(VALUES) - 1, 1)


async def test_the_tokens_of_repositories_too(db: Database, projects: LocalProjects, ours: Principal) -> None:
    def repositories(ring: KeyRing) -> LocalRepositories:
        return LocalRepositories(db, Sealer(ring, "git tokens"), GitRules())

    shop, other = [(await projects.create(ours, name)).id for name in ("shop", "other")]
    await repositories(OLD).set(ours, shop, URL, token="s3cret")
    await repositories(OLD).set(ours, other, URL)

    assert await resealing_of_tokens(db, Sealer(BOTH, "git tokens")).seal_again() == Resealed(1, 0)

    assert await repositories(NEW).token(shop, URL) == "s3cret"
