"""Repositories on GitHub that the asker may make a project of."""

from datetime import datetime
from typing import Annotated, Any

import msgspec
from litestar import Request, Response, get
from litestar.params import QueryParameter

from thakur.api.asked import Asker, Limit, Services
from thakur.api.fields import LARGEST_NUMBER
from thakur.api.paging import next_link
from thakur.api.seen import matching, projects_by_repository

ROOT = "/api/v1/github/repositories"

Words = Annotated[str, QueryParameter(name="q", max_length=200)]
InstallationNumber = Annotated[int | None, QueryParameter(name="installation", ge=1, le=LARGEST_NUMBER)]
Cursor = Annotated[int, QueryParameter(name="cursor", ge=0, le=LARGEST_NUMBER)]


class RepositoryShown(msgspec.Struct, frozen=True, kw_only=True):
    """A repository that both the asker and the App may read, and the asker's projects that follow it."""

    full_name: str
    is_private: bool
    is_archived: bool
    default_branch: str
    language: str
    pushed_at: datetime | None
    projects: tuple[str, ...]


@get(ROOT)
async def list_github_repositories(
    request: Request[Any, Any, Any],
    services: Services,
    principal: Asker,
    words: Words = "",
    installation: InstallationNumber = None,
    cursor: Cursor = 0,
    limit: Limit = 50,
) -> Response[list[RepositoryShown]]:
    """Those whose names hold all the words, last pushed first. GitHub is asked as the asker."""
    found = matching(await services.browser.look(principal, installation), words)
    projects = await projects_by_repository(services, principal)
    shown = [
        RepositoryShown(
            full_name=one.full_name,
            is_private=one.is_private,
            is_archived=one.is_archived,
            default_branch=one.default_branch,
            language=one.language,
            pushed_at=one.pushed_at,
            projects=tuple(projects.get(one.repository_id, ())),
        )
        for one in found[cursor : cursor + limit]
    ]
    is_more = len(found) > cursor + limit
    return Response(shown, headers={"link": next_link(request, "cursor", cursor + limit)} if is_more else {})


HANDLERS = [list_github_repositories]
