"""Parameters by name: what each means, what it may be, and an example. The same name means the same everywhere."""

from typing import Any

from thakur.api.fields import ENV_NAME, LARGEST_NUMBER

_NUMBER = {"type": "integer", "minimum": 0, "maximum": LARGEST_NUMBER}

_NULL = {"type": "null"}
GUID = "0b989ba4-242f-11e5-81e1-c7b6966d2516"

# By name: what it means, its schema where the framework knows less, an example.
PARAMETERS: dict[str, tuple[str, dict[str, Any], Any]] = {
    "name": ("The project's name", {"type": "string", "minLength": 1, "pattern": "^[^/]+$"}, "shop"),
    "number": ("The number of a build or deployment in its project", _NUMBER, 97),
    "key": ("The env var's name", {"type": "string", "minLength": 1} | ENV_NAME, "API_KEY"),
    "team": ("The team's name", {"type": "string", "minLength": 1, "pattern": "^[^/]+$"}, "default"),
    "user": ("The member's name", {"type": "string", "minLength": 1, "pattern": "^[^/]+$"}, "grace"),
    "token": ("The token's name, not its secret", {"type": "string", "minLength": 1, "pattern": "^[^/]+$"}, "ci"),
    "invitation": ("The invitation's `id`", _NUMBER, 3),
    "allowance": ("The `id` of what is on the list", _NUMBER, 5),
    "identity": ("The `id` of the account", _NUMBER, 2),
    "session_id": ("The session's `id`", _NUMBER, 12),
    "before": ("Only what is older than this: the cursor of the page before, as `Link` gives it", {}, 97),
    "after": ("Only lines with a higher number", {"type": "integer", "minimum": 0}, 500),
    "limit": ("How many at most", {}, 50),
    "last": ("Instead of `after` and `limit`: the newest lines, this many", {"type": "integer"}, 100),
    "status": ("Only what has this status", {}, "failed"),
    "branch": ("Only what was built from this branch; `*` is any characters", {}, "main"),
    "environment": (
        "Only those of `production`, of a preview by its name, or of any preview: `preview`",
        {},
        "production",
    ),
    "app_id": ("GitHub's number of the App", {"type": "integer", "minimum": 1, "maximum": 2**53}, 1234),
    "url": ("The address of its GitHub, where two have an App of that number", {}, "https://github.com"),
    "event": ("Only events of this name", {}, "push"),
    "label": (
        "The preview's environment",
        {"type": "string", "minLength": 1, "pattern": "^[^/]+$"},
        "git-feat-cart",
    ),
    "guid": ("GitHub's name of the delivery", {"type": "string", "minLength": 1, "pattern": "^[^/]+$"}, GUID),
    "q": ("Only those whose names hold all of these words", {}, "shop"),
    "installation": ("Only what is in this installation, by GitHub's number", {"type": "integer"}, 5678),
    "cursor": ("Where the page before ended, as `Link` gives it", {}, 50),
    "scope": ("Whose env vars: production's, or those that all previews share", {}, "production"),
    "folder": ("Of an upload: the folder's name, for people", {}, "shop"),
    "commit": (
        "Of an upload: the commit that was packed",
        {"type": "string"},
        "5d41402abc4b2a76b9719d911017c592ae1f3b7c",
    ),
    "message": ("Of an upload: the commit's first line", {"type": "string"}, "Add a basket"),
    "fresh": ("Of an upload: build with nothing kept from earlier builds", {}, False),
}

IDEMPOTENCY_KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "Makes a repetition safe: within 24 hours the same request with the same key is done once and answered alike.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[\\x21-\\x7e]+$"},
    "example": "8e03978e-40d5-43e8-bc93-6894a57f9324",
}
LAST_EVENT_ID = {
    "name": "Last-Event-ID",
    "in": "header",
    "required": False,
    "description": "Of an event stream: the number of the last line that was read, in place of `after`.",
    "schema": {"type": "string", "pattern": "^[0-9]{0,15}$"},
    "example": "500",
}


def parameter_of(found: dict[str, Any]) -> dict[str, Any]:
    """The parameter that the framework found, with what is known of it here."""
    meaning, known, example = PARAMETERS[found["name"]]
    options = found["schema"].pop("oneOf", [])
    schema = found["schema"]
    for option in options:
        schema |= {} if option == _NULL else option
    schema |= known
    if found["name"] == "before":
        schema, example = (schema | _NUMBER, example) if schema.get("type") == "integer" else (schema, "shop")
    return {
        "name": found["name"],
        "in": found["in"],
        "required": found["required"],
        "description": meaning,
        # The word null says what leaving it out says.
        "schema": {"anyOf": [schema, _NULL]} if _NULL in options else schema,
        "example": example,
    }
