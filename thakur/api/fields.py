"""Fields of requests, and what the API's description says of them. Who refuses them, with a better word, is the service."""

from typing import Annotated, Any

import msgspec

LARGEST_NUMBER = 2**31 - 1

ENV_NAME = {"pattern": "^[A-Za-z_][A-Za-z0-9_]*$", "maxLength": 255}
LABEL = {"pattern": "^[a-z0-9]([a-z0-9._-]*[a-z0-9])?$", "maxLength": 39}
_PROJECT_NAME = {"pattern": "^[a-z0-9]([a-z0-9-]*[a-z0-9])?$", "maxLength": 40}
_COMMAND = {"type": ["string", "null"], "maxLength": 4000, "pattern": "^[^\\u0000]*$"}
_TEXT = _COMMAND | {"minLength": 1}
_TRUTH = {"type": ["boolean", "null"]}


def _number(least: float, most: float, kind: str = "integer") -> dict[str, Any]:
    return {"type": [kind, "null"], "minimum": least, "maximum": most}


_SETTINGS = {
    "root": _TEXT,
    "install": _COMMAND,
    "trust_scripts": _TRUTH,
    "build": _COMMAND,
    "start": _TEXT,
    "output": _TEXT,
    "health_path": _TEXT,
    "runtime": {"enum": ["bun", "node", None]},
    "spa_fallback": _TRUTH,
    "memory_mb": _number(32, 1_048_576),
    "cpus": _number(0.1, 256, "number"),
    "processes": _number(16, 32_768),
    "build_memory_mb": _number(128, 1_048_576),
    "build_minutes": _number(1, 240),
}

ProjectName = Annotated[str, msgspec.Meta(extra_json_schema=_PROJECT_NAME)]
Label = Annotated[str, msgspec.Meta(extra_json_schema=LABEL)]
EnvValues = Annotated[dict[str, str], msgspec.Meta(extra_json_schema={"propertyNames": ENV_NAME})]
Settings = Annotated[
    dict[str, Any], msgspec.Meta(extra_json_schema={"properties": _SETTINGS, "additionalProperties": False})
]
_FILTERS = {
    "wait_for_checks": _TRUTH,
    "paths": {"type": ["array", "null"], "items": {"type": "string", "minLength": 1, "maxLength": 200}, "maxItems": 50},
    "tags": {"type": ["string", "null"], "maxLength": 300},
}
FilterChanges = Annotated[
    dict[str, Any], msgspec.Meta(extra_json_schema={"properties": _FILTERS, "additionalProperties": False})
]
Number = Annotated[int, msgspec.Meta(ge=1, le=LARGEST_NUMBER)]
