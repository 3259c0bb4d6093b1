"""Tests of idempotency keys: whose they are, what is kept, and for how long."""

import msgspec
import pytest
from sqlalchemy import text

from support.accounts_house import House
from support.fake_accounts import OPERATOR
from thakur.accounts import Answer, AnswerKept, IdempotencyKeyTaken, RequestUnderWay
from thakur.accounts.idempotency import LocalIdempotencyKeys
from thakur.db import Database

KEPT = AnswerKept(body_digest=b"digest", answer=Answer(status=201, body=b"{}"))


@pytest.fixture
def keys(db: Database) -> LocalIdempotencyKeys:
    return LocalIdempotencyKeys(db)


async def test_a_request_is_the_askers_to_do_once(keys: LocalIdempotencyKeys) -> None:
    assert await keys.claim(OPERATOR, "k", b"target") is None
    with pytest.raises(RequestUnderWay):
        await keys.claim(OPERATOR, "k", b"target")
    await keys.keep(OPERATOR, "k", KEPT)

    assert await keys.claim(OPERATOR, "k", b"target") == KEPT


async def test_another_request_may_not_use_the_key(keys: LocalIdempotencyKeys) -> None:
    await keys.claim(OPERATOR, "k", b"target")

    with pytest.raises(IdempotencyKeyTaken):
        await keys.claim(OPERATOR, "k", b"another")


async def test_what_was_refused_may_be_asked_again(keys: LocalIdempotencyKeys) -> None:
    await keys.claim(OPERATOR, "k", b"target")
    await keys.free(OPERATOR, "k")

    assert await keys.claim(OPERATOR, "k", b"another") is None


async def test_a_key_is_its_askers_own_in_the_team_they_act_in(keys: LocalIdempotencyKeys) -> None:
    await keys.claim(OPERATOR, "k", b"target")
    for other in (msgspec.structs.replace(OPERATOR, user_id=5), msgspec.structs.replace(OPERATOR, team_id=5)):
        assert await keys.claim(other, "k", b"another") is None


@pytest.mark.parametrize(("age", "is_done"), [("25 hours", True), ("61 minutes", False)])
async def test_keys_expire(keys: LocalIdempotencyKeys, db: Database, age: str, is_done: bool) -> None:
    await keys.claim(OPERATOR, "k", b"target")
    if is_done:
        await keys.keep(OPERATOR, "k", KEPT)
    async with db.session() as session:
        await session.execute(text(f"UPDATE idempotency_keys SET created_at = now() - interval '{age}'"))

    assert await keys.claim(OPERATOR, "k", b"another") is None


async def test_neither_key_nor_secret_is_stored(keys: LocalIdempotencyKeys, db: Database, house: House) -> None:
    await keys.claim(OPERATOR, "a-telling-key", b"target")
    await keys.keep(OPERATOR, "a-telling-key", AnswerKept(body_digest=b"d", answer=Answer(status=201, body=None)))
    async with db.session() as session:
        row = (await session.execute(text("SELECT * FROM idempotency_keys"))).one()

    assert "telling" not in str(row)
    assert row.body is None


async def test_what_was_answered_of_a_project_goes_with_it(keys: LocalIdempotencyKeys, db: Database):
    async with db.session() as session:
        team_id = await session.scalar(text("INSERT INTO teams (name) VALUES ('ours') RETURNING id"))
        project_id = await session.scalar(
            text("INSERT INTO projects (team_id, name) VALUES (:team, 'shop') RETURNING id"), {"team": team_id}
        )
    for key, of in (("its-own", project_id), ("of-none", None), ("of-one-that-is-gone", project_id + 1)):
        await keys.claim(OPERATOR, key, b"t")
        await keys.keep(OPERATOR, key, msgspec.structs.replace(KEPT, project_id=of))

    async with db.session() as session:
        await session.execute(text("DELETE FROM projects"))
        left = await session.scalar(text("SELECT count(*) FROM idempotency_keys"))

    assert left == 2
