"""A deployment is started with the env vars it was made with, whatever is set since."""

import pytest
from sqlalchemy import text

from support.env_vars import FixedEnv
from thakur.db import Database
from thakur.runtime import DeploymentRefused
from thakur.runtime.deployments.snapshots import EnvSnapshots
from thakur.security import KeyRing, Resealed, Sealer

SEALER = Sealer(KeyRing({1: b"k" * 32}), "env vars")


@pytest.fixture
def env_vars() -> FixedEnv:
    return FixedEnv()


@pytest.fixture
def snapshots(db: Database, env_vars: FixedEnv) -> EnvSnapshots:
    return EnvSnapshots(db, env_vars, SEALER)


# A deployment and what it points to, each with the ids of those before it.
ROWS = {
    "team": "INSERT INTO teams (name) VALUES ('ours') RETURNING id",
    "project": "INSERT INTO projects (team_id, name) VALUES (:team, 'shop') RETURNING id",
    "environment": "INSERT INTO environments (project_id, label) VALUES (:project, 'production') RETURNING id",
    "artifact": """
        INSERT INTO artifacts (project_id, digest, size_bytes, files, plan) VALUES (:project, 'd', 1, 1, '{}') RETURNING id
    """,
    "stream": "INSERT INTO log_streams (project_id, kind, number) VALUES (:project, 'build', 7) RETURNING id",
    "deployment": """
        INSERT INTO deployments (project_id, environment_id, number, artifact_id, log_stream_id, requested_by, actor)
        VALUES (:project, :environment, 7, :artifact, :stream, 'operator', 'operator') RETURNING id
    """,
}


async def put_deployment(db: Database) -> tuple[int, int]:
    """Deployment #7; its id and its project's."""
    ids: dict[str, int] = {}
    async with db.session() as session:
        for name, statement in ROWS.items():
            ids[name] = int(str(await session.scalar(text(statement), ids)))
    return ids["deployment"], ids["project"]


async def keep_snapshot(db: Database, deployment_id: int, snapshot: bytes) -> None:
    async with db.session() as session:
        statement = text("UPDATE deployments SET env_snapshot = :snapshot WHERE id = :id")
        await session.execute(statement, {"snapshot": snapshot, "id": deployment_id})


async def test_what_was_taken_stays_when_the_env_vars_change(
    db: Database, snapshots: EnvSnapshots, env_vars: FixedEnv
) -> None:
    env_vars.start = {"TOKEN": "canary\n", "EMPTY": ""}
    deployment_id, project_id = await put_deployment(db)
    taken = await snapshots.take(project_id, 1, 7)
    await keep_snapshot(db, deployment_id, taken)
    env_vars.start = {"TOKEN": "new"}

    assert await snapshots.open(deployment_id) == {"TOKEN": "canary\n", "EMPTY": ""}
    assert b"canary" not in taken
    assert b"TOKEN" not in taken


async def test_only_what_is_meant_for_the_start_is_taken(
    db: Database, snapshots: EnvSnapshots, env_vars: FixedEnv
) -> None:
    env_vars.build = {"BUILDS": "1"}
    deployment_id, project_id = await put_deployment(db)
    await keep_snapshot(db, deployment_id, await snapshots.take(project_id, 1, 7))

    assert await snapshots.open(deployment_id) == {}


async def test_a_deployment_from_before_there_were_env_vars_has_none(db: Database, snapshots: EnvSnapshots) -> None:
    deployment_id, _ = await put_deployment(db)

    assert await snapshots.open(deployment_id) == {}


@pytest.mark.parametrize("move", ["number", "project", "key"])
async def test_a_snapshot_opens_in_its_own_deployment_only(
    db: Database, snapshots: EnvSnapshots, env_vars: FixedEnv, move: str
) -> None:
    env_vars.start = {"TOKEN": "canary"}
    deployment_id, project_id = await put_deployment(db)
    taken = await snapshots.take(project_id + (move == "project"), 1, 7 + (move == "number"))
    await keep_snapshot(db, deployment_id, taken)
    if move == "key":
        snapshots = EnvSnapshots(db, env_vars, Sealer(KeyRing({2: b"2" * 32}), "env vars"))

    with pytest.raises(DeploymentRefused) as refusal:
        await snapshots.open(deployment_id)

    assert refusal.value.failure.code == "secret_unreadable"


async def test_snapshots_are_sealed_anew_with_a_new_key(
    db: Database, env_vars: FixedEnv, snapshots: EnvSnapshots
) -> None:
    deployment_id, project_id = await put_deployment(db)
    env_vars.start = {"GREETING": "hello"}
    await keep_snapshot(db, deployment_id, await snapshots.take(project_id, 1, 7))
    both, new = KeyRing({1: b"k" * 32, 2: b"2" * 32}), KeyRing({2: b"2" * 32})

    assert await EnvSnapshots(db, env_vars, Sealer(both, "env vars")).seal_again() == Resealed(1, 0)

    assert await EnvSnapshots(db, env_vars, Sealer(new, "env vars")).open(deployment_id) == {"GREETING": "hello"}
    with pytest.raises(DeploymentRefused):
        await snapshots.open(deployment_id)
