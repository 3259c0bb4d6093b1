"""Problems: what every refusal looks like, and which ones an operation may answer with."""

from typing import Any

import msgspec


class Problem(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Why a request was refused (RFC 9457).

    `code` is for programs; `detail` says what happened, `why` the reason where one is known, `hint` what to do next. `field` is
    the field or parameter that is wrong, `id` what the server's log tells more beside, `missing` what is not ready.
    """

    type: str
    title: str
    status: int
    detail: str
    code: str
    why: str | None = None
    hint: str | None = None
    field: str | None = None
    id: str | None = None
    missing: list[str] | None = None


# By status: its name in the document, what it means, and the code and detail of an example.
PROBLEMS: dict[int, tuple[str, str, str, str]] = {
    400: ("Malformed", "The request is no JSON, or no request that makes sense", "malformed", "The body is no JSON"),
    401: ("Unauthenticated", "Nobody is known to be asking", "principal_missing", "This needs to know who is asking"),
    403: (
        "Forbidden",
        "The role or the token's scope does not allow it",
        "action_forbidden",
        "Your role may not deploy",
    ),
    404: ("NotFound", "There is no such thing, or not for the asker", "project_not_found", "There is no project shop"),
    409: ("Conflict", "It cannot be done as things stand", "already_active", "#96 is active already"),
    413: ("TooLarge", "More was sent than is taken", "upload_too_large", "More than 500 MB were sent"),
    422: ("Invalid", "A field or parameter is refused; `field` names it", "invalid", "limit: Expected `int` <= 500"),
    429: (
        "TooMany",
        "Too many attempts; `Retry-After` says when to go on",
        "attempts_exhausted",
        "Too many wrong secrets",
    ),
    500: (
        "Bug",
        "Something in Thakur went wrong; what runs is untouched",
        "internal",
        "Something in Thakur went wrong",
    ),
    503: ("Unavailable", "Something that this needs is away just now", "unavailable", "The database does not answer"),
}
TITLES = {400: "Bad Request", 413: "Request Entity Too Large", 422: "Unprocessable Entity"}


def answers(status: int) -> dict[str, Any]:
    """The answer of that status, as the document's components hold it."""
    name, meaning, code, detail = PROBLEMS[status]
    example = Problem(type="about:blank", title=name, status=status, detail=detail, code=code)
    answer: dict[str, Any] = {
        "description": meaning,
        "content": {
            "application/problem+json": {
                "schema": {"$ref": "#/components/schemas/Problem"},
                "example": msgspec.to_builtins(example),
            }
        },
    }
    if status == 401:
        answer["headers"] = {"WWW-Authenticate": {"schema": {"type": "string"}, "example": "Bearer"}}
    if status == 429:
        answer["headers"] = {"Retry-After": {"schema": {"type": "integer"}, "example": 60}}
    return answer


def possible(method: str, path: str, *, has_query: bool, has_body: bool, is_open: bool) -> list[int]:
    """The statuses of refusals that the operation may answer with."""
    statuses = {500, 503}
    if not path.startswith("/api/"):
        return sorted(statuses - {500}) if path == "/ready" else []
    if not is_open:
        statuses |= {401, 403, 429}
    if has_body or is_open:
        statuses |= {400, 403, 413, 422, 429}
    if has_query:
        statuses |= {400, 422}
    if "{" in path or is_open:
        statuses |= {400, 404, 422}
    if method != "get":
        statuses |= {400, 404, 409, 422}
    return sorted(statuses)
