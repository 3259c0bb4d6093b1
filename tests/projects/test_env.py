"""Env vars are kept to the byte, sealed in their row, and given to whom they are meant for."""

import pytest
from sqlalchemy import text

from thakur.accounts import Principal
from thakur.db import Database
from thakur.projects import (
    DotenvInvalid,
    EnvFull,
    EnvNameRefused,
    EnvVarNotFound,
    LeftOut,
    PastedStatus,
    Phase,
    Project,
    ProjectNotFound,
    Scope,
)
from thakur.projects.env import LocalEnvVars
from thakur.projects.service import LocalProjects
from thakur.security import KeyRing, Sealer, SecretUnreadable

P, V = Scope.PRODUCTION, Scope.PREVIEW
VALUES = {"EMPTY": "", "KEY": "-----BEGIN-----\r\nabc\n", "URL": "postgres://user:p%40ss@db/x?a=1#b", "WORDS": " ü😀\t"}


@pytest.fixture
def env(db: Database) -> LocalEnvVars:
    return LocalEnvVars(db, Sealer(KeyRing({1: b"k" * 32}), "env"))


@pytest.fixture
async def shop(projects: LocalProjects, ours: Principal) -> Project:
    return await projects.create(ours, "shop")


@pytest.fixture
async def production(projects: LocalProjects, shop: Project) -> int:
    return (await projects.environment(shop.id, "production")).id


async def test_values_come_back_to_the_byte(env: LocalEnvVars, ours: Principal, shop: Project, production: int) -> None:
    await env.set(ours, shop.id, P, VALUES)

    assert await env.resolve(production, Phase.BUILD) == VALUES
    assert await env.resolve(production, Phase.START) == VALUES


async def test_a_list_names_them_without_values(env: LocalEnvVars, ours: Principal, shop: Project) -> None:
    await env.set(ours, shop.id, V, {"B": "secret-b"}, Phase.BUILD)
    await env.set(ours, shop.id, P, {"B": "secret-b", "A": "secret-a"})

    listed = await env.list(ours, shop.id)

    assert [(var.scope, var.name, var.phase, var.updated_by) for var in listed] == [
        (P, "A", Phase.BOTH, "ours"),
        (P, "B", Phase.BOTH, "ours"),
        (V, "B", Phase.BUILD, "ours"),
    ]
    assert "secret" not in repr(listed)


async def test_what_is_narrowed_is_given_to_that_phase_only(
    env: LocalEnvVars, ours: Principal, shop: Project, production: int
) -> None:
    await env.set(ours, shop.id, P, {"BUILDS": "1"}, Phase.BUILD)
    await env.set(ours, shop.id, P, {"STARTS": "2"}, Phase.START)
    await env.set(ours, shop.id, P, {"EVERYWHERE": "3"})

    assert await env.resolve(production, Phase.BUILD) == {"BUILDS": "1", "EVERYWHERE": "3"}
    assert await env.resolve(production, Phase.START) == {"STARTS": "2", "EVERYWHERE": "3"}


async def test_a_new_value_stays_as_narrow_as_the_old_one_until_it_is_widened(
    env: LocalEnvVars, ours: Principal, shop: Project, production: int
) -> None:
    await env.set(ours, shop.id, P, {"TOKEN": "old"}, Phase.START)

    await env.set(ours, shop.id, P, {"TOKEN": "new"})
    assert await env.resolve(production, Phase.BUILD) == {}
    assert await env.resolve(production, Phase.START) == {"TOKEN": "new"}

    await env.set(ours, shop.id, P, {"TOKEN": "new"}, Phase.BOTH)
    assert await env.resolve(production, Phase.BUILD) == {"TOKEN": "new"}


async def test_previews_share_a_set_of_their_own(
    env: LocalEnvVars, projects: LocalProjects, ours: Principal, shop: Project, production: int
) -> None:
    await env.set(ours, shop.id, P, {"A": "production's"})
    await env.set(ours, shop.id, V, {"A": "previews'"})
    preview = await projects.environment(shop.id, "git-main")

    assert await env.resolve(production, Phase.START) == {"A": "production's"}
    assert await env.resolve(preview.id, Phase.START) == {"A": "previews'"}
    fork = await projects.environment(shop.id, "pr-7")
    assert [await env.resolve(fork.id, phase) for phase in (Phase.START, Phase.BUILD)] == [{}, {}]


async def test_a_refused_one_keeps_all_from_being_set(env: LocalEnvVars, ours: Principal, shop: Project) -> None:
    with pytest.raises(EnvNameRefused):
        await env.set(ours, shop.id, P, {"A": "1", "PORT": "80"})

    assert await env.list(ours, shop.id) == []


async def test_unset_forgets_all_that_are_named_or_none(env: LocalEnvVars, ours: Principal, shop: Project) -> None:
    await env.set(ours, shop.id, P, {"A": "1", "B": "2", "C": "3"})
    await env.set(ours, shop.id, V, {"D": "4"})

    with pytest.raises(EnvVarNotFound, match="D") as missing:
        await env.unset(ours, shop.id, P, ["A", "D"])
    assert missing.value.field == "D"
    assert len(await env.list(ours, shop.id)) == 4

    await env.unset(ours, shop.id, P, ["A", "B"])
    assert [var.name for var in await env.list(ours, shop.id)] == ["C", "D"]


async def test_a_pasted_dotenv_is_set_but_for_the_names_that_are_refused(
    env: LocalEnvVars, ours: Principal, shop: Project, production: int
) -> None:
    imported = await env.import_dotenv(ours, shop.id, P, "A=1\nPORT=3000\nB='x\ny'\n", Phase.START)

    assert imported.names == ("A", "B")
    assert imported.left_out == (
        LeftOut("PORT", "PORT is reserved. Thakur sets it: an application is told where to listen"),
    )
    assert await env.resolve(production, Phase.START) == {"A": "1", "B": "x\ny"}
    assert await env.resolve(production, Phase.BUILD) == {}


async def sealed(db: Database) -> dict[str, bytes]:
    async with db.session() as session:
        rows = await session.execute(text("SELECT name, value FROM environment_variables"))
        return {row.name: row.value for row in rows}


async def test_a_paste_changes_only_what_is_not_so_already(
    env: LocalEnvVars, ours: Principal, theirs: Principal, shop: Project, db: Database
) -> None:
    await env.set(ours, shop.id, P, {"SAME": "1", "OTHER": "1"})
    await env.set(ours, shop.id, P, {"NARROW": "1"}, Phase.BUILD)
    before = await sealed(db)
    paste = "SAME=1\nOTHER=2\nNARROW=1\nNEW=1\nPORT=1"

    looked = await env.look_over(ours, shop.id, P, paste)
    widened = await env.look_over(ours, shop.id, P, paste, Phase.BOTH)
    done = await env.import_dotenv(ours, shop.id, P, paste)

    assert [one.status.value for one in looked] == ["unchanged", "replaced", "unchanged", "new", "refused"]
    assert [one.status.value for one in widened] == ["unchanged", "replaced", "replaced", "new", "refused"]
    assert (done.names, done.unchanged) == (("OTHER", "NEW"), ("SAME", "NARROW"))
    after = await sealed(db)
    assert {name for name in before if after[name] != before[name]} == {"OTHER"}
    with pytest.raises(ProjectNotFound):
        await env.look_over(theirs, shop.id, P, paste)


async def test_a_value_that_a_lost_key_sealed_is_replaced(
    env: LocalEnvVars, ours: Principal, shop: Project, db: Database
) -> None:
    await env.set(ours, shop.id, P, {"A": "1"})

    (looked,) = await LocalEnvVars(db, Sealer(KeyRing({2: b"n" * 32}), "env")).look_over(ours, shop.id, P, "A=1")

    assert looked.status is PastedStatus.REPLACED


async def test_a_dotenv_that_cannot_be_read_sets_nothing(env: LocalEnvVars, ours: Principal, shop: Project) -> None:
    with pytest.raises(DotenvInvalid):
        await env.import_dotenv(ours, shop.id, P, "A=1\nB")

    assert await env.list(ours, shop.id) == []


async def test_too_many_or_too_much_is_refused_whole(env: LocalEnvVars, ours: Principal, shop: Project) -> None:
    with pytest.raises(EnvFull, match="501 env vars"):
        await env.set(ours, shop.id, P, {f"A{number}": "1" for number in range(501)})
    with pytest.raises(EnvFull, match="KB"):
        await env.set(ours, shop.id, P, {f"A{number}": "x" * 65_536 for number in range(8)})

    assert await env.list(ours, shop.id) == []


async def test_a_project_that_is_gone_takes_none(
    env: LocalEnvVars, ours: Principal, projects: LocalProjects, shop: Project
):
    await env.set(ours, shop.id, P, {"A": "1"})
    await projects.delete(ours, "shop")

    with pytest.raises(ProjectNotFound):
        await env.set(ours, shop.id, P, {"B": "1"})
    with pytest.raises(ProjectNotFound):
        await env.set(ours, shop.id + 1000, P, {"B": "1"})


async def test_a_row_holds_no_value_in_clear_and_opens_nowhere_else(
    env: LocalEnvVars, ours: Principal, projects: LocalProjects, shop: Project, production: int, db: Database
) -> None:
    other = await projects.create(ours, "other")
    elsewhere = (await projects.environment(other.id, "production")).id
    await env.set(ours, shop.id, P, {"TOKEN": "canary-value"})
    async with db.session() as session:
        rows = (await session.execute(text("SELECT r::text FROM environment_variables r"))).scalars().all()
        await session.execute(
            text(
                "INSERT INTO environment_variables (project_id, scope, name, value, updated_by)"
                " SELECT :other, scope, name, value, updated_by FROM environment_variables"
            ),
            {"other": other.id},
        )

    assert len(rows) == 1
    assert b"canary-value".hex() not in rows[0]
    assert await env.resolve(production, Phase.START) == {"TOKEN": "canary-value"}
    with pytest.raises(SecretUnreadable):
        await env.resolve(elsewhere, Phase.START)


async def test_a_digest_changes_with_any_name_or_value(env: LocalEnvVars) -> None:
    assert env.digest({"A": "1", "B": "2"}) == env.digest({"B": "2", "A": "1"})
    assert len({env.digest(values) for values in ({}, {"A": "1"}, {"A": "2"}, {"B": "1"}, {"A": "1", "B": ""})}) == 5


async def test_a_deleted_project_takes_its_env_vars_along(
    env: LocalEnvVars, ours: Principal, projects: LocalProjects, shop: Project
) -> None:
    await env.set(ours, shop.id, P, {"A": "1"})

    await projects.delete(ours, "shop")
    await projects.deletion.drain()

    assert await env.list(ours, shop.id) == []
