"""One operation: what the framework found, completed by its handler's words, examples and problems."""

from dataclasses import dataclass
from typing import Any

from litestar.handlers import HTTPRouteHandler

from thakur.api.described.examples import example_of
from thakur.api.described.parameters import IDEMPOTENCY_KEY, LAST_EVENT_ID, parameter_of
from thakur.api.described.problems import PROBLEMS, possible
from thakur.api.door import asks_nobody
from thakur.api.marks import ALSO_ANSWERS, TAKES, UPLOADS

# By the first word of a path below /api/v1, or the third below a project's.
TAGS = {
    "projects": ("Projects", "Applications, their settings and repositories"),
    "builds": ("Builds", "From a source to an artifact"),
    "deployments": ("Deployments", "What runs, what ran, and bringing it back"),
    "logs": ("Logs", "Lines in order, as pages or as a live stream"),
    "env": ("Env vars", "Values that go in and never come out"),
    "github": ("GitHub", "Apps, and the repositories whose pushes are built"),
    "edges": ("Edges", "The hosts that run applications"),
    "teams": ("Teams", "Who may do what"),
    "account": ("Account", "Who is asking, tokens and sessions, and what was done"),
    "health": ("Health", "Whether the server answers"),
}
_PLACES = {
    "repository": "projects",
    "previews": "github",
    "preview-rules": "github",
    "identities": "account",
    "plans": "builds",
    "cache": "projects",
    "domains": "projects",
    "replicas": "deployments",
    "up": "health",
    "ready": "health",
    "host": "health",
    "openapi.json": "health",
}


@dataclass(frozen=True, slots=True)
class Operation:
    """An operation before it is completed."""

    path: str
    method: str
    handler: HTTPRouteHandler
    raw: dict[str, Any]
    asks: Any
    shows: Any

    @property
    def kinds(self) -> list[Any]:
        """What goes in and out, for whoever makes schemas of it."""
        return [kind for kind in (self.asks, self.shows) if kind is not None]

    def completed(self, schemas: dict[str, Any]) -> dict[str, Any]:
        """The operation as the document shows it."""
        said = " ".join((self.handler.fn.__doc__ or "").split())
        operation = {
            "operationId": self.raw["operationId"],
            "tags": [TAGS[_tag(self.path)][0]],
            "summary": said.partition(". ")[0].rstrip("."),
            "description": said,
            "parameters": self._parameters(),
            "responses": self._responses(schemas),
        }
        if self.asks is not None:
            operation["requestBody"] = self._body(schemas)
        if asks_nobody(self.path):
            operation["security"] = []
        return operation

    @property
    def _is_log(self) -> bool:
        return "tails" in self.handler.parsed_fn_signature.parameters

    def _parameters(self) -> list[dict[str, Any]]:
        parameters = [parameter_of(found) for found in self.raw.get("parameters", [])]
        if self._is_log:
            parameters.append(LAST_EVENT_ID)
        if self.method == "post" and not asks_nobody(self.path):
            parameters.append(IDEMPOTENCY_KEY)
        return parameters

    def _body(self, schemas: dict[str, Any]) -> dict[str, Any]:
        content: dict[str, Any] = {
            "application/json": {"schema": schemas[repr(self.asks)], "example": example_of(self.asks)}
        }
        for kind in self.handler.opt.get(UPLOADS, ()):
            content[kind] = {"schema": {"type": "string", "format": "binary", "description": "A tar.zst of a folder"}}
        return {"required": True, "content": content}

    def _responses(self, schemas: dict[str, Any]) -> dict[str, Any]:
        names = {found["name"] for found in self.raw.get("parameters", [])}
        content: dict[str, Any] = {
            "application/json": {"schema": schemas[repr(self.shows)], "example": example_of(self.shows)}
        }
        if self._is_log:
            content["text/event-stream"] = {
                "schema": {"type": "string", "description": "One event a line; its id is the line's number"}
            }
        success: dict[str, Any] = {"description": "Done" if self.method != "get" else "Found", "content": content}
        if names & {"before", "after"}:
            success["headers"] = {
                "Link": {"schema": {"type": "string"}, "description": 'The next page, as `rel="next"`'}
            }
        responses: dict[str, Any] = {str(self.handler.status_code): success}
        for status in self.handler.opt.get(ALSO_ANSWERS, ()):
            responses[str(status)] = success
        statuses = possible(
            self.method,
            self.path,
            has_query=any(found["in"] == "query" for found in self.raw.get("parameters", [])),
            has_body=self.asks is not None,
            is_open=asks_nobody(self.path),
        )
        for status in statuses:
            responses[str(status)] = {"$ref": f"#/components/responses/{PROBLEMS[status][0]}"}
        return responses


def operation_of(path: str, method: str, handler: HTTPRouteHandler, raw: dict[str, Any]) -> Operation:
    """The operation with what its handler takes and gives."""
    data = handler.parsed_data_field
    shown = handler.parsed_return_field
    is_wrapped = shown.origin is not None and shown.origin.__name__ == "Response"
    return Operation(
        path=path,
        method=method,
        handler=handler,
        raw=raw,
        asks=handler.opt.get(TAKES) if data is None else data.annotation,
        shows=shown.args[0] if is_wrapped else shown.annotation,
    )


def _tag(path: str) -> str:
    words = [word for word in path.removeprefix("/api/v1").split("/") if word and not word.startswith("{")]
    place = words[1] if words[0] == "projects" and len(words) > 1 else words[0]
    if words[-1] == "logs":
        place = "logs"
    place = _PLACES.get(place, place)
    return place if place in TAGS else "account"
