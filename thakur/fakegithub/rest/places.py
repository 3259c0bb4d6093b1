"""Where things of a repository are asked for: by its name, and by its id."""

from aiohttp import web
from aiohttp.typedefs import Handler

PLACES = ("/repos/{owner}/{repo}", "/repositories/{id:[0-9]+}")


def in_repository(method: str, path: str, handler: Handler) -> list[web.RouteDef]:
    """The handler's routes, for a path below the repository's."""
    return [web.route(method, f"{place}{path}", handler) for place in PLACES]
