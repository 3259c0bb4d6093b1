"""The description of the API, for programs that read it."""

from typing import Any, Protocol

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.params import SkipValidation


class Described(Protocol):
    """Whoever describes the API of this listener."""

    @property
    def encoded(self) -> bytes:
        """The document, as JSON."""


Document = NamedDependency[SkipValidation[Described]]


@get("/api/v1/openapi.json")
async def get_openapi(description: Document) -> Response[dict[str, Any]]:
    """This document: what can be asked here, in OpenAPI 3.1."""
    return Response(description.encoded, media_type="application/json")  # type: ignore[arg-type]


HANDLERS = [get_openapi]
