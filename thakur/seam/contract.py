"""A Protocol read off its annotations: which methods cross the seam, and how each one's values become bytes."""

import inspect
import re
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from enum import Enum
from functools import cache
from typing import Any, get_args, get_origin, get_type_hints

import msgspec

from thakur.seam.interface import CALL_SECONDS, DEADLINE_MARK, IDEMPOTENT_MARK, UPLOAD_SECONDS

_encoder = msgspec.msgpack.Encoder()


class Kind(Enum):
    """`async def f(...) -> T`, `def f(...) -> AsyncIterator[T]`, `async def f(..., body: AsyncIterator[bytes]) -> T`."""

    UNARY = "unary"
    DOWNLOAD = "download"
    UPLOAD = "upload"


_DEADLINES = {Kind.UNARY: CALL_SECONDS, Kind.UPLOAD: UPLOAD_SECONDS, Kind.DOWNLOAD: None}


@dataclass(frozen=True, slots=True)
class Method:
    """One method of a Protocol. `body` names the argument that is uploaded; bytes of a download cross as they are."""

    name: str
    path: str
    kind: Kind
    body: str
    is_idempotent: bool
    deadline_seconds: float | None
    signature: inspect.Signature
    arguments: type[msgspec.Struct]
    result: Any

    def pack(self, values: Mapping[str, Any]) -> bytes:
        return _encoder.encode(self.arguments(**values))

    def unpack(self, raw: bytes) -> dict[str, Any]:
        """Raises msgspec.DecodeError."""
        return msgspec.structs.asdict(msgspec.msgpack.decode(raw, type=self.arguments))

    def pack_result(self, result: Any) -> bytes:
        return result if self._is_raw else _encoder.encode(result)

    def unpack_result(self, raw: bytes) -> Any:
        """Raises msgspec.DecodeError."""
        return raw if self._is_raw else msgspec.msgpack.decode(raw, type=self.result)

    @property
    def _is_raw(self) -> bool:
        return self.kind is Kind.DOWNLOAD and self.result is bytes


@cache
def contract(protocol: type) -> Mapping[str, Method]:
    """Every public method by its name. Raises TypeError for one that cannot cross."""
    room = "/internal/" + re.sub(r"(?<=[a-z])(?=[A-Z])", "-", protocol.__name__).lower()
    return {
        name: _method(protocol, function, f"{room}/{name}")
        for name, function in inspect.getmembers(protocol, inspect.isfunction)
        if not name.startswith("_")
    }


def _method(protocol: type, function: Any, path: str) -> Method:
    hints = get_type_hints(function, include_extras=True)
    answer = hints.pop("return")
    body = next((name for name, hint in hints.items() if get_origin(hint) is AsyncIterator), "")
    is_download = get_origin(answer) is AsyncIterator
    kind = Kind.UPLOAD if body else Kind.DOWNLOAD if is_download else Kind.UNARY
    parameters = [
        parameter for parameter in inspect.signature(function).parameters.values() if parameter.name != "self"
    ]
    _refuse_what_cannot_cross(function, kind, parameters, is_download=is_download)
    return Method(
        name=function.__name__,
        path=path,
        kind=kind,
        body=body,
        is_idempotent=_mark(protocol, function, IDEMPOTENT_MARK, otherwise=False),
        deadline_seconds=_mark(protocol, function, DEADLINE_MARK, otherwise=_DEADLINES[kind]),
        signature=inspect.Signature(parameters),
        arguments=arguments_struct(function.__qualname__, [one for one in parameters if one.name != body], hints),
        result=get_args(answer)[0] if is_download else answer,
    )


def _mark(protocol: type, function: Any, mark: str, *, otherwise: Any) -> Any:
    return getattr(function, mark, getattr(protocol, mark, otherwise))


def arguments_struct(name: str, parameters: list[inspect.Parameter], hints: Mapping[str, Any]) -> type[msgspec.Struct]:
    """Make the struct that carries the arguments of a call."""
    fields: list[tuple[str, Any] | tuple[str, Any, Any]] = [
        (one.name, hints[one.name])
        if one.default is inspect.Parameter.empty
        else (one.name, hints[one.name], one.default)
        for one in parameters
    ]
    return msgspec.defstruct(re.sub(r"\W", "_", name), fields, kw_only=True, frozen=True)


def _refuse_what_cannot_cross(
    function: Any, kind: Kind, parameters: list[inspect.Parameter], *, is_download: bool
) -> None:
    name = function.__qualname__
    if inspect.iscoroutinefunction(function) == (kind is Kind.DOWNLOAD):
        raise TypeError(f"{name} is neither a coroutine nor a plain function that returns an AsyncIterator")
    if kind is Kind.UPLOAD and is_download:
        raise TypeError(f"{name} streams both ways")
    if any(one.kind in {one.VAR_POSITIONAL, one.VAR_KEYWORD, one.POSITIONAL_ONLY} for one in parameters):
        raise TypeError(f"{name} has arguments without a name")
