"""The errors a person can meet: one root and nine kinds, each with a code and a status.

A module's own errors subclass a kind in its `interface.py` and set `code`. Three tables translate them and nothing else
does: `api/errors.py`, `seam.py` and `proxy/dataplane/faults.py`.
"""

from typing import ClassVar


class ThakurError(Exception):
    """Something a person can act on: `message` says what happened, `hint` what to do next, `field` which input.

    An error with data of its own takes them in its constructor and keeps each argument as an attribute of that name:
    so it crosses the seam.
    """

    code: ClassVar[str] = "internal"
    status: ClassVar[int] = 500

    def __init__(self, message: str, *, hint: str = "", field: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.field = field


class Malformed(ThakurError):
    """The request cannot be read at all."""

    code = "malformed"
    status = 400


class Unauthenticated(ThakurError):
    """Nobody is known to be asking."""

    code = "unauthenticated"
    status = 401


class Forbidden(ThakurError):
    """The asker is known and may not."""

    code = "forbidden"
    status = 403


class NotFound(ThakurError):
    """There is no such thing, or it belongs to another team."""

    code = "not_found"
    status = 404


class Conflict(ThakurError):
    """The thing exists already, or its state does not allow this."""

    code = "conflict"
    status = 409


class TooLarge(ThakurError):
    """More bytes or entries than are accepted."""

    code = "too_large"
    status = 413


class Invalid(ThakurError):
    """A field's value is refused; `field` names it."""

    code = "invalid"
    status = 422


class TooMany(ThakurError):
    """Asked too often."""

    code = "too_many"
    status = 429


class Unavailable(ThakurError):
    """Something that is needed is away for now; the same call may work later."""

    code = "unavailable"
    status = 503
