"""Answers as GitHub gives them: JSON, a message for what is refused, and the pages of a list."""

from collections.abc import Callable, Sequence
from typing import Any

from aiohttp import web

DOCUMENTATION = "https://docs.github.com/rest"
LARGEST_PAGE = 100


class Refusal(Exception):
    """Answered with its status and its message."""

    def __init__(
        self,
        status: int,
        message: str,
        headers: dict[str, str] | None = None,
        errors: Sequence[dict[str, str]] = (),
    ) -> None:
        super().__init__(message)
        self.errors = list(errors)
        self.status = status
        self.message = message
        self.headers = headers or {}


class Moved(Refusal):
    """Answered with the way to where it is now."""

    def __init__(self, status: int, url: str) -> None:
        super().__init__(status, "Moved Permanently", {"Location": url})
        self.url = url


def refused(refusal: Refusal) -> web.Response:
    """The answer to what was refused."""
    body: dict[str, Any] = {"message": refusal.message, "documentation_url": DOCUMENTATION}
    body |= {"url": refusal.url} if isinstance(refusal, Moved) else {"status": str(refusal.status)}
    body |= {"errors": refusal.errors} if refusal.errors else {}
    return web.json_response(body, status=refusal.status, headers=refusal.headers)


def not_found() -> Refusal:
    """What is not there, and what may not be known to be."""
    return Refusal(404, "Not Found")


def invalid(resource: str, field: str, code: str = "invalid") -> Refusal:
    """What was sent does not fit, and which part of it."""
    return Refusal(422, "Validation Failed", errors=[{"resource": resource, "code": code, "field": field}])


def paged(request: web.Request, items: Sequence[Any], shown: Callable[[Any], Any] = lambda item: item) -> web.Response:
    """One page of the list, with the ways to the others."""
    part, headers = _page(request, items)
    return web.json_response([shown(each) for each in part], headers=headers)


def paged_below(
    request: web.Request, name: str, items: Sequence[Any], shown: Callable[[Any], Any] = lambda item: item
) -> web.Response:
    """The same for lists that GitHub puts below a name, beside their length."""
    part, headers = _page(request, items)
    return web.json_response({"total_count": len(items), name: [shown(each) for each in part]}, headers=headers)


def _page(request: web.Request, items: Sequence[Any]) -> tuple[Sequence[Any], dict[str, str]]:
    size = max(1, min(int(request.query.get("per_page", "30")), LARGEST_PAGE))
    page = max(1, int(request.query.get("page", "1")))
    last = max(1, -(-len(items) // size))
    ways: dict[str, int] = {}
    if page > 1:
        ways |= {"prev": min(page - 1, last), "first": 1}
    if page < last:
        ways |= {"next": page + 1, "last": last}
    links = [f'<{request.url.update_query(page=number)}>; rel="{name}"' for name, number in ways.items()]
    return items[(page - 1) * size : page * size], {"Link": ", ".join(links)} if links else {}
