"""A failure as a page: what happened, what still works, and one way out."""

from collections.abc import Mapping
from typing import Any

from litestar import Request, Response

from thakur.api.errors import problem
from thakur.api.pages.parts.rendering import page
from thakur.api.pages.parts.shell import theme_of

HEADINGS = {
    400: "That cannot be read",
    401: "Sign in first",
    403: "Your role does not allow that",
    404: "There is nothing here",
    409: "That does not go now",
    413: "That is too large",
    422: "That is refused",
    429: "Too many at once",
    500: "This page could not be made",
    503: "Something is away",
}
# Where the status alone would be another story.
BY_CODE = {
    "request_foreign": "That came from elsewhere",
    "login_unsafe": "Not over this connection",
}
_EMPTY = {"hint": "", "id": "", "title": "", "detail": ""}


def answer(request: Request[Any, Any, Any], error: Exception) -> Response[Any]:
    """Litestar's handler of every exception: problem details for programs, a page for a person with a browser."""
    told = problem(error)
    return _page(request, told.content) if _wants_page(request) else told


def _wants_page(request: Request[Any, Any, Any]) -> bool:
    return not request.url.path.startswith("/api/") and "text/html" in request.headers.get("accept", "")


def _page(request: Request[Any, Any, Any], details: Mapping[str, Any]) -> Response[bytes]:
    context = {
        "problem": _EMPTY | dict(details),
        "heading": BY_CODE.get(details.get("code", "")) or HEADINGS.get(details["status"], details["title"]),
        "theme": theme_of(request),
    }
    return page(request, "errors/show.html", context, status_code=details["status"])
