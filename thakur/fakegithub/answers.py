"""Answers as GitHub gives them: JSON, a message for what is refused, and the pages of a list."""

from collections.abc import Sequence
from typing import Any

from aiohttp import web

DOCUMENTATION = "https://docs.github.com/rest"


class Refusal(Exception):
    """Answered with its status and its message."""

    def __init__(self, status: int, message: str, headers: dict[str, str] | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.headers = headers or {}


def refused(refusal: Refusal) -> web.Response:
    """The answer to what was refused."""
    body = {"message": refusal.message, "documentation_url": DOCUMENTATION, "status": str(refusal.status)}
    return web.json_response(body, status=refusal.status, headers=refusal.headers)


def not_found() -> Refusal:
    """What is not there, and what may not be known to be."""
    return Refusal(404, "Not Found")


def paged(request: web.Request, items: Sequence[Any]) -> web.Response:
    """One page of the list, with the way to the next."""
    size = min(int(request.query.get("per_page", "30")), 100)
    page = int(request.query.get("page", "1"))
    headers = {}
    if len(items) > page * size:
        following = request.url.update_query(page=page + 1)
        headers["Link"] = f'<{following}>; rel="next"'
    return web.json_response(list(items[(page - 1) * size : page * size]), headers=headers)
