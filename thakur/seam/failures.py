"""The table that turns errors into bytes of the seam, and back into the same errors.

An error crosses by its code. One with a constructor of its own crosses with that constructor's arguments, which it keeps
as attributes under their own names.
"""

import inspect
from collections.abc import Iterator
from typing import Any, get_type_hints

import msgspec

from thakur import errors
from thakur.errors import ThakurError
from thakur.seam.contract import arguments_struct


class _Failure(msgspec.Struct, frozen=True, kw_only=True):
    code: str
    status: int
    message: str
    hint: str = ""
    field: str = ""
    arguments: msgspec.Raw = msgspec.Raw()


def pack_error(error: ThakurError) -> bytes:
    """Make the bytes from which `unpack_error` makes this error again."""
    own = _own_arguments(type(error))
    arguments = own(**{name: getattr(error, name) for name in own.__struct_fields__}) if own else None
    return msgspec.msgpack.encode(
        _Failure(
            code=error.code,
            status=error.status,
            message=error.message,
            hint=error.hint,
            field=error.field,
            arguments=msgspec.Raw(msgspec.msgpack.encode(arguments)),
        ),
    )


def unpack_error(raw: bytes) -> ThakurError:
    """Make the error again; one whose code is unknown here becomes its kind. Raises msgspec.DecodeError."""
    failure = msgspec.msgpack.decode(raw, type=_Failure)
    error = _known().get(failure.code) or _kind(failure.status)
    own = _own_arguments(error)
    if own is None:
        return error(failure.message, hint=failure.hint, field=failure.field)
    return error(**msgspec.structs.asdict(msgspec.msgpack.decode(failure.arguments, type=own)))


def _own_arguments(error: type[ThakurError]) -> type[msgspec.Struct] | None:
    if error.__init__ is ThakurError.__init__:
        return None
    constructor: Any = error.__init__
    parameters = [one for one in inspect.signature(constructor).parameters.values() if one.name != "self"]
    return arguments_struct(error.__qualname__, parameters, get_type_hints(constructor))


def _known() -> dict[str, type[ThakurError]]:
    known: dict[str, type[ThakurError]] = {}
    for error in _family(ThakurError):
        known.setdefault(error.code, error)
    return known


def _family(error: type[ThakurError]) -> Iterator[type[ThakurError]]:
    yield error
    for child in error.__subclasses__():
        yield from _family(child)


def _kind(status: int) -> type[ThakurError]:
    kinds = [kind for kind in ThakurError.__subclasses__() if kind.__module__ == errors.__name__]
    return next((kind for kind in kinds if kind.status == status), ThakurError)
