"""Env snapshots: what a deployment's replicas are started with is taken once, sealed, and the same at every comeback."""

from collections.abc import Mapping

import msgspec
from sqlalchemy import select

from thakur.builds import Failure
from thakur.db import Database
from thakur.projects import EnvVars, Phase
from thakur.runtime.interface import DeploymentRefused
from thakur.runtime.models import DeploymentRow
from thakur.security import Sealer, SecretUnreadable


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


def _unreadable(error: SecretUnreadable) -> Failure:
    return Failure(
        code=error.code,
        what="The env vars that this deployment was made with cannot be opened.",
        why=f"{error.message}.",
        next="Restore the key file that belongs to this database, or deploy again with env vars that are set anew.",
    )


def _context(project_id: int, number: int) -> tuple[str, ...]:
    return ("deployment", str(project_id), str(number))
