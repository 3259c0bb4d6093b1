"""Repositories of projects, as rows; their tokens sealed."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import case, delete, func, select
from sqlalchemy.dialects.postgresql import insert

from thakur.accounts import Action, Principal
from thakur.db import Database
from thakur.git import GitRules, check_ref, check_url
from thakur.projects.guard import guard_project
from thakur.projects.models import RepositoryRow
from thakur.projects.repository import GitTokenRefused, Repository
from thakur.security import Sealer

TOKEN_BYTES = 4096


class LocalRepositories:
    """Implements Repositories on the database."""

    def __init__(self, db: Database, sealer: Sealer, rules: GitRules) -> None:
        self._db = db
        self._sealer = sealer
        self._rules = rules

    async def of(self, project_ids: Collection[int]) -> dict[int, Repository]:
        row = RepositoryRow
        async with self._db.session() as session:
            found = await session.execute(
                select(row.project_id, row.url, row.branch, row.token.is_not(None)).where(
                    row.project_id.in_(project_ids)
                )
            )
            return {
                project_id: Repository(url=url, branch=branch, has_token=has_token)
                for project_id, url, branch, has_token in found
            }

    def check(self, url: str, branch: str, token: str | None) -> None:
        if url or branch or token:
            check_url(url, self._rules)
        check_ref(branch)
        if token:
            _check_token(token)

    async def set(
        self, principal: Principal, project_id: int, url: str, branch: str | None = None, token: str | None = None
    ) -> Repository:
        self.check(url, branch or "", token)
        url = check_url(url, self._rules)
        sealed = self._sealer.seal(token.encode(), context_of_token(project_id, url)) if token else None
        made = insert(RepositoryRow).values(
            project_id=project_id, url=url, branch=branch or "", token=sealed, updated_by=principal.actor
        )
        changed: dict[str, Any] = {name: made.excluded[name] for name in ("url", "branch", "token", "updated_by")}
        # Both belong to their URL: for another one they would be of no use.
        is_same = RepositoryRow.url == made.excluded.url
        if token is None:
            changed["token"] = case((is_same, RepositoryRow.token), else_=None)
        if branch is None:
            changed["branch"] = case((is_same, RepositoryRow.branch), else_="")
        async with self._db.session() as session:
            await guard_project(session, principal, project_id, Action.CONFIGURE, holds=True)
            await session.execute(
                made.on_conflict_do_update(
                    index_elements=[RepositoryRow.project_id], set_=changed | {"updated_at": func.now()}
                )
            )
        return (await self.of([project_id]))[project_id]

    async def forget(self, principal: Principal, project_id: int) -> None:
        async with self._db.session() as session:
            await guard_project(session, principal, project_id, Action.CONFIGURE, holds=True)
            await session.execute(delete(RepositoryRow).where(RepositoryRow.project_id == project_id))

    async def token(self, project_id: int, url: str) -> str:
        async with self._db.session() as session:
            sealed = await session.scalar(
                select(RepositoryRow.token).where(RepositoryRow.project_id == project_id, RepositoryRow.url == url)
            )
        return "" if sealed is None else self._sealer.open(sealed, context_of_token(project_id, url)).decode()


def _check_token(token: str) -> None:
    if len(token.encode()) > TOKEN_BYTES or not token.isprintable() or not token.isascii() or " " in token:
        raise GitTokenRefused(
            "The token is no token: it holds spaces, line breaks or other characters that none has, or is too long",
            hint="Give the token alone, or USER:TOKEN.",
            field="git_token",
        )


def context_of_token(project_id: int, url: str) -> tuple[str, ...]:
    """The one place at which a token opens."""
    return ("repository", str(project_id), url)
