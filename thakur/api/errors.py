"""The table that turns every failure into problem details (RFC 9457)."""

import logging
import secrets
from http import HTTPStatus
from typing import Any

from litestar import Response
from litestar.exceptions import HTTPException, MethodNotAllowedException, NotFoundException, ValidationException

from thakur.builds import BuildFailed
from thakur.errors import Invalid, Malformed, NotFound, ThakurError
from thakur.git import FetchFailed

log = logging.getLogger(__name__)

RETRY_SECONDS = 60
# What the framework calls the body of a request.
BODY = "data"

_BUG = HTTPStatus.INTERNAL_SERVER_ERROR


def problem(error: Exception, **more: object) -> Response[dict[str, Any]]:
    """The response that says what happened and what to do next; a bug is logged here, once, with the id that is shown."""
    if isinstance(error, HTTPException):
        return _respond(_framework(error), error.headers, more)
    if not isinstance(error, ThakurError):
        return _respond(_bug(error), None, more)
    if error.status >= _BUG:
        log.warning("request refused", extra={"code": error.code, "error_text": error.message})
    return _respond(_typed(error), None, more)


def _respond(body: dict[str, Any], headers: dict[str, str] | None, more: dict[str, object]) -> Response[dict[str, Any]]:
    about = {"type": "about:blank", "title": HTTPStatus(body["status"]).phrase}
    headers = dict(headers or {})
    if body["status"] == HTTPStatus.UNAUTHORIZED:
        headers["www-authenticate"] = "Bearer"
    if body["status"] == HTTPStatus.TOO_MANY_REQUESTS:
        headers["retry-after"] = str(RETRY_SECONDS)
    return Response(
        about | body | more,
        status_code=body["status"],
        media_type="application/problem+json",
        headers=headers,
    )


def _typed(error: ThakurError) -> dict[str, Any]:
    body = {"status": error.status, "detail": error.message, "code": error.code}
    if isinstance(error, BuildFailed):
        # The same code and the same sentences as at the end of a build.
        body |= {"code": error.failure.code, "why": error.failure.why}
    elif isinstance(error, FetchFailed):
        body |= {"code": f"git_{error.cause}", "why": error.why}
    return body | {name: value for name in ("hint", "field") if (value := getattr(error, name))}


def _framework(error: HTTPException) -> dict[str, Any]:
    if isinstance(error, ValidationException):
        return _typed(_refused(error))
    if isinstance(error, NotFoundException):
        return _typed(NotFound("There is nothing at this address"))
    if isinstance(error, MethodNotAllowedException):
        return {"status": error.status_code, "detail": "This address does not take that method", "code": "method"}
    return {"status": error.status_code, "detail": error.detail, "code": Malformed.code}


def _refused(error: ValidationException) -> ThakurError:
    fields = [extra for extra in error.extra or [] if isinstance(extra, dict) and extra.get("key")]
    if not fields:
        return Malformed(error.detail)
    if fields[0]["key"] == BODY:
        return Malformed("This needs a body, as JSON")
    return Invalid(f"{fields[0]['key']}: {fields[0].get('message', 'is refused')}", field=str(fields[0]["key"]))


def _bug(error: Exception) -> dict[str, Any]:
    report = secrets.token_hex(6)
    log.error("request failed", exc_info=error, extra={"report": report})
    return {
        "status": int(_BUG),
        "detail": "Something in Thakur went wrong; what runs is untouched",
        "code": ThakurError.code,
        "hint": f"The server's log says more beside the id {report}.",
        "id": report,
    }
