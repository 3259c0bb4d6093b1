"""Repositories as they were seen on GitHub: those that match, and which of the asker's projects follow one."""

from thakur.accounts import Principal
from thakur.api.interface import ApiServices
from thakur.identities import RepositorySeen, Seen


def matching(seen: Seen, words: str) -> list[RepositorySeen]:
    """Those whose names hold each of the words."""
    wanted = words.lower().split()
    return [one for one in seen.repositories if all(word in one.full_name.lower() for word in wanted)]


async def projects_by_repository(services: ApiServices, principal: Principal) -> dict[int, list[str]]:
    """The asker's projects that follow one, by GitHub's number for it."""
    names = {project.id: project.name for project in await services.projects.list(principal)}
    found: dict[int, list[str]] = {}
    for connection in (await services.connections.of(list(names))).values():
        found.setdefault(connection.repository_id, []).append(names[connection.project_id])
    return found
