"""Pages of lists: as many as were asked for, and a link to the next ones where there are more (RFC 8288)."""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar
from urllib.parse import parse_qsl, urlencode

from litestar import Request, Response

Item = TypeVar("Item")


def page_of(
    request: Request[Any, Any, Any], items: Sequence[Item], limit: int, cursor: Callable[[Item], object]
) -> Response[list[Item]]:
    """The first `limit` of the items, which were asked for with one more; the next page is `before` the last one's cursor."""
    shown = list(items[:limit])
    headers = {"link": next_link(request, "before", cursor(shown[-1]))} if len(items) > limit else {}
    return Response(shown, headers=headers)


def next_link(request: Request[Any, Any, Any], parameter: str, value: object) -> str:
    """The same question from there on, as a reference relative to the server."""
    kept = [
        (name, text) for name, text in parse_qsl(request.scope["query_string"].decode("latin-1")) if name != parameter
    ]
    return f'<{request.scope["path"]}?{urlencode([*kept, (parameter, value)])}>; rel="next"'
