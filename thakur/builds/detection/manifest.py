"""What a package.json says that matters for building and starting."""

import json
from typing import Any

import msgspec

from thakur.builds.interface import BuildFailed, Failure


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """`needs` are the names of its dependencies of every sort but peers."""

    scripts: dict[str, str] = {}
    needs: frozenset[str] = frozenset()
    main: str = ""


def parse_manifest(text: str) -> Manifest:
    """Read the text of a package.json. Raises BuildFailed, with the place of the mistake."""
    try:
        found = json.loads(text.removeprefix("\ufeff"))
    except (ValueError, RecursionError) as error:
        raise BuildFailed(
            Failure(
                code="package_json_invalid",
                what="package.json cannot be read.",
                why=f"It is no JSON: {error}.",
                next="Correct package.json and deploy again.",
            )
        ) from error
    if not isinstance(found, dict):
        found = {}
    main = found.get("main")
    return Manifest(
        scripts=_strings(found.get("scripts")),
        needs=frozenset(_strings(found.get("dependencies"))) | frozenset(_strings(found.get("devDependencies"))),
        main=main if isinstance(main, str) else "",
    )


def _strings(value: Any) -> dict[str, str]:
    if not isinstance(value, dict):
        return {}
    return {name: text for name, text in value.items() if isinstance(text, str)}
