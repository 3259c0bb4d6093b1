"""The document: operations as the framework finds them, completed, with the schemas of what goes in and out."""

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from importlib.metadata import version
from typing import Any

import msgspec
from litestar import Litestar, Router
from litestar.di import Provide
from litestar.handlers import HTTPRouteHandler
from litestar.openapi import OpenAPIConfig
from litestar.routes import HTTPRoute

from thakur.api.body import StrictJson
from thakur.api.described.operations import TAGS, Operation, operation_of
from thakur.api.described.problems import PROBLEMS, Problem, answers

ABOUT = """Everything that the command line and the dashboard do. Every failure is a problem (RFC 9457) whose `code` is for programs
and whose `detail` and `hint` are for people. Lists come newest first; where there is more, `Link` leads to the next page."""

REFERENCE = "#/components/schemas/{name}"


class Description:
    """The description of the handlers, made when it is first asked for."""

    def __init__(self, handlers: Sequence[HTTPRouteHandler], dependencies: Mapping[str, Provide]) -> None:
        self._handlers = handlers
        self._dependencies = dependencies

    @cached_property
    def encoded(self) -> bytes:
        """As JSON."""
        return msgspec.json.encode(self.document)

    @cached_property
    def document(self) -> dict[str, Any]:
        """As values of JSON."""
        app = Litestar(
            [Router("/", route_handlers=self._handlers, dto=StrictJson, return_dto=None)],
            dependencies=self._dependencies,
            logging_config=None,
            openapi_config=OpenAPIConfig(
                title="Thakur Deploy",
                version=version("thakur-deploy"),
                operation_id_creator=lambda handler, _method, _path: handler.fn.__name__,
                render_plugins=[],
            ),
        )
        found = app.openapi_schema.to_schema()
        operations = list(_operations(app, found["paths"]))
        schemas, components = _schemas(operations)
        paths: dict[str, dict[str, Any]] = {}
        for operation in operations:
            paths.setdefault(operation.path, {})[operation.method] = operation.completed(schemas)
        return {
            "openapi": "3.1.0",
            "info": {"title": "Thakur Deploy", "version": version("thakur-deploy"), "description": ABOUT},
            "servers": [{"url": "/", "description": "The server that this document comes from"}],
            "security": [{"token": []}],
            "tags": [{"name": name, "description": text} for name, text in TAGS.values()],
            "paths": paths,
            "components": {
                "schemas": components,
                "responses": {name: answers(status) for status, (name, *_) in PROBLEMS.items()},
                "securitySchemes": {
                    "token": {
                        "type": "http",
                        "scheme": "bearer",
                        "bearerFormat": "thk_…",
                        "description": "A token of `thakur tokens create`. The local socket needs none.",
                    }
                },
            },
        }


def _operations(app: Litestar, found: dict[str, Any]) -> Iterator[Operation]:
    for route in app.routes:
        if not isinstance(route, HTTPRoute):
            continue
        for method, (handler, _) in route.route_handler_map.items():
            raw = found.get(route.path_format, {}).get(method.lower())
            if raw is not None:
                yield operation_of(route.path_format, method.lower(), handler, raw)


def _schemas(operations: Sequence[Operation]) -> tuple[dict[Any, dict[str, Any]], dict[str, Any]]:
    kinds = [Problem, *(kind for operation in operations for kind in operation.kinds)]
    schemas, components = msgspec.json.schema_components(kinds, ref_template=REFERENCE)
    for component in components.values():
        if "description" in component:
            component["description"] = " ".join(component["description"].split())
    return dict(zip(map(repr, kinds), schemas, strict=True)), components
