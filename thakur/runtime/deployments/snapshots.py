"""Env snapshots: what a deployment's replicas are started with is taken once, sealed, and the same at every comeback."""

from collections.abc import Mapping

import msgspec
from sqlalchemy import func, select

from thakur.builds import Failure
from thakur.db import Database
from thakur.projects import EnvVars, Phase
from thakur.runtime.interface import DeploymentRefused
from thakur.runtime.models import DeploymentRow
from thakur.security import Resealed, Sealer, SecretUnreadable


class EnvSnapshots:
    """Snapshots lie in the deployment's row and open only there."""

    def __init__(self, db: Database, env_vars: EnvVars, sealer: Sealer) -> None:
        self._db = db
        self._env_vars = env_vars
        self._sealer = sealer

    async def take(self, project_id: int, environment_id: int, number: int) -> bytes:
        """The env vars of now, for the deployment of that number. Raises SecretUnreadable."""
        env = await self._env_vars.resolve(environment_id, Phase.START)
        return self._sealer.seal(msgspec.json.encode(env), _context(project_id, number))

    async def open(self, deployment_id: int) -> Mapping[str, str]:
        """What the deployment's replicas are started with; nothing if it was made before there were env vars.

        Raises DeploymentRefused, because starting it without them would be worse.
        """
        row = DeploymentRow
        async with self._db.session() as session:
            found = (
                await session.execute(
                    select(row.project_id, row.number, row.env_snapshot).where(row.id == deployment_id),
                )
            ).one_or_none()
        if found is None or found.env_snapshot is None:
            return {}
        try:
            plain = self._sealer.open(found.env_snapshot, _context(found.project_id, found.number))
        except SecretUnreadable as error:
            raise DeploymentRefused(_unreadable(error)) from error
        return msgspec.json.decode(plain, type=dict[str, str])

    async def seal_again(self) -> Resealed:
        """Implements SealedRows: each snapshot in a transaction of its own."""
        row = DeploymentRow
        is_old = func.substr(row.env_snapshot, 1, len(self._sealer.header)) != self._sealer.header
        async with self._db.session() as session:
            old = list(await session.scalars(select(row.id).where(row.env_snapshot.is_not(None), is_old)))
        done = [await self._seal_again(deployment_id) for deployment_id in old]
        return Resealed(done.count(True), done.count(False))

    async def _seal_again(self, deployment_id: int) -> bool | None:
        async with self._db.session() as session:
            row = await session.get(DeploymentRow, deployment_id, with_for_update=True)
            if row is None or row.env_snapshot is None:
                return None
            try:
                row.env_snapshot = self._sealer.seal_again(row.env_snapshot, _context(row.project_id, row.number))
            except SecretUnreadable:
                return False
            return True


def _unreadable(error: SecretUnreadable) -> Failure:
    return Failure(
        code=error.code,
        what="The env vars that this deployment was made with cannot be opened.",
        why=f"{error.message}.",
        next="Restore the key file that belongs to this database, or deploy again with env vars that are set anew.",
    )


def _context(project_id: int, number: int) -> tuple[str, ...]:
    return ("deployment", str(project_id), str(number))
