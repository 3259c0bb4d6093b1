"""Bodies of requests: JSON that becomes a handler's `data`, and uploads that are counted while they come."""

import re
from collections.abc import AsyncIterator, Generator
from typing import Any, TypeVar

import msgspec
from litestar import Request
from litestar.dto import AbstractDTO, DTOFieldDefinition
from litestar.exceptions import InternalServerException
from litestar.openapi.spec import Schema
from litestar.typing import FieldDefinition

from thakur.api.interface import UploadBroken
from thakur.builds import UPLOAD_BYTES, UploadTooLarge
from thakur.errors import Invalid, Malformed

Struct = TypeVar("Struct", bound=msgspec.Struct)

_FIELD = re.compile(r"\$\.(\w+)|field `(\w+)`")


class StrictJson(AbstractDTO[msgspec.Struct]):
    """How `data` comes to be: as strictly as the struct says, whatever the content type. A number in quotes is none."""

    def decode_bytes(self, value: bytes) -> Any:
        return decoded(value, self.asgi_connection.route_handler.parsed_data_field.annotation)

    @classmethod
    def create_for_field_definition(cls, *_: object, **__: object) -> None:
        """There is nothing to make: the struct itself is what is sent."""

    @classmethod
    def create_openapi_schema(cls, *_: object, **__: object) -> Schema:
        return Schema()  # thakur.api.described says more

    @classmethod
    def is_supported_model_type_field(cls, field_definition: FieldDefinition) -> bool:
        return field_definition.name == "data"

    @classmethod
    def generate_field_definitions(cls, model_type: type[Any]) -> Generator[DTOFieldDefinition, None, None]:
        del model_type
        yield from ()

    @classmethod
    def detect_nested_field(cls, field_definition: FieldDefinition) -> bool:
        del field_definition
        return False


def decoded(body: bytes, kind: type[Struct]) -> Struct:
    """The struct that the JSON says. Raises Malformed, Invalid."""
    try:
        return msgspec.json.decode(body, type=kind)
    except msgspec.ValidationError as error:
        found = _FIELD.search(str(error))
        raise Invalid(str(error), field=next(filter(None, found.groups()), "") if found else "") from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise Malformed(f"The body is no JSON: {error}") from error


def announced(request: Request[Any, Any, Any]) -> None:
    """Refuse by its announced length what need not be read. Raises UploadTooLarge, Malformed."""
    length = request.headers.get("content-length", "0")
    if not length.isdecimal():
        raise Malformed("Content-Length is no number")
    if int(length) > UPLOAD_BYTES:
        raise _too_large()


async def counted(request: Request[Any, Any, Any]) -> AsyncIterator[bytes]:
    """The body's chunks. Raises UploadTooLarge, and UploadBroken when the client goes away."""
    received_bytes = 0
    try:
        async for chunk in request.stream():
            received_bytes += len(chunk)
            if received_bytes > UPLOAD_BYTES:
                raise _too_large()
            yield chunk
    except InternalServerException as error:
        raise UploadBroken(f"The upload broke off after {received_bytes} bytes") from error


def _too_large() -> UploadTooLarge:
    return UploadTooLarge(
        f"More than {UPLOAD_BYTES // 1024**2} MB were sent",
        hint="Leave out what the build makes itself, with .gitignore.",
    )
