"""What a package.json says that matters for building and starting."""

import json
import re
from collections.abc import Mapping
from typing import Any

import msgspec

from thakur.builds.interface import BuildFailed, Failure


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """`dependencies` are those of an application that runs, `tools` those of its development; peers count as neither."""

    name: str = ""
    scripts: Mapping[str, str] = {}
    dependencies: Mapping[str, str] = {}
    tools: Mapping[str, str] = {}
    main: str = ""
    workspaces: tuple[str, ...] = ()

    def needs(self, *names: str) -> bool:
        """Whether one of them is a dependency of either sort."""
        return any(name in self.dependencies or name in self.tools for name in names)

    def major(self, name: str) -> int | None:
        """The first number of the version that is asked for, if it says one."""
        found = re.search(r"\d+", self.dependencies.get(name) or self.tools.get(name, ""))
        return int(found[0]) if found else None


def parse_manifest(text: str, path: str = "package.json") -> Manifest:
    """Read the text of a package.json. Raises BuildFailed, with the place of the mistake."""
    try:
        found = json.loads(text.removeprefix("\ufeff"))
    except (ValueError, RecursionError) as error:
        raise BuildFailed(
            Failure(
                code="package_json_invalid",
                what=f"{path} cannot be read.",
                why=f"It is no JSON: {error}.",
                next=f"Correct {path} and deploy again.",
            )
        ) from error
    if not isinstance(found, dict):
        found = {}
    return Manifest(
        name=_string(found.get("name")),
        scripts=_strings(found.get("scripts")),
        dependencies=_strings(found.get("dependencies")),
        tools=_strings(found.get("devDependencies")),
        main=_string(found.get("main")),
        workspaces=_workspaces(found.get("workspaces")),
    )


def _workspaces(value: Any) -> tuple[str, ...]:
    # yarn writes them below a word of their own.
    patterns = value.get("packages") if isinstance(value, dict) else value
    return tuple(one for one in patterns if isinstance(one, str)) if isinstance(patterns, list) else ()


def _string(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _strings(value: Any) -> dict[str, str]:
    if not isinstance(value, dict):
        return {}
    return {name: text for name, text in value.items() if isinstance(text, str)}
