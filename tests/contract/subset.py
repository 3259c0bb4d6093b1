"""Cuts what the stand-in answers and sends out of GitHub's own OpenAPI documents.

Install @octokit/openapi and @octokit/openapi-webhooks with npm somewhere else (they are 420 MB) and say where:
`python tests/contract/subset.py DIRECTORY` writes github/rest.json and github/webhooks.json, which hold what part.txt names
and every schema that it leads to. Prose and examples stay behind.
"""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
KEPT = HERE / "github"
LICENSE = "MIT, Copyright (c) 2020 Octokit contributors; the whole text is in LICENSE beside this file"
REST = "@octokit/openapi"
WEBHOOKS = "@octokit/openapi-webhooks"
PROSE = {
    "description",
    "example",
    "examples",
    "summary",
    "externalDocs",
    "x-github",
    "tags",
    "x-multi-segment",
    "title",
}
# Of the operations and webhooks, these parts say what is sent and answered.
PARTS = {"operationId", "requestBody", "responses"}


def main(packages: Path) -> None:
    for package, name, cut in ((REST, "rest", operations), (WEBHOOKS, "webhooks", webhooks)):
        home = packages / "node_modules" / package
        version = json.loads((home / "package.json").read_text())["version"]
        document = json.loads((home / "generated" / "api.github.com.json").read_text())
        part, chosen = cut(document)
        kept = {
            "openapi": document["openapi"],
            "info": {"title": f"A part of {package} {version}", "version": version, "license": {"name": LICENSE}},
            part: chosen,
            "components": closure(document, chosen),
        }
        target = KEPT / f"{name}.json"
        target.write_text(_lines(kept) + "\n")
        print(f"{target.name}: {len(chosen)} {part}, {target.stat().st_size // 1024} KiB")


def wanted() -> Iterator[tuple[str, str]]:
    """A method and a path for each operation, WEBHOOK and a name for each webhook."""
    for line in (HERE / "part.txt").read_text().splitlines():
        kind, _, name = line.partition(" ")
        yield kind, name


def operations(document: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    paths: dict[str, Any] = {}
    for method, path in wanted():
        if method != "WEBHOOK":
            operation = document["paths"][path][method.lower()]
            kept = {name: _bare(part) for name, part in operation.items() if name in PARTS}
            paths.setdefault(path, {})[method.lower()] = kept
    return "paths", paths


def webhooks(document: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    names = [name for kind, name in wanted() if kind == "WEBHOOK"]
    return "webhooks", {name: {"post": {"requestBody": _bare(_posted(document, name))}} for name in names}


def _posted(document: dict[str, Any], name: str) -> Any:
    return document["webhooks"][name]["post"]["requestBody"]


def closure(document: dict[str, Any], chosen: Any) -> dict[str, Any]:
    """The components that what was chosen leads to."""
    found: dict[str, dict[str, Any]] = {}
    waiting = list(references(chosen))
    while waiting:
        _, _, kind, name = waiting.pop().split("/")
        if name not in found.setdefault(kind, {}):
            found[kind][name] = _bare(document["components"][kind][name])
            waiting += references(found[kind][name])
    return found


def references(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        if isinstance(node.get("$ref"), str):
            yield node["$ref"]
        for each in node.values():
            yield from references(each)
    elif isinstance(node, list):
        for each in node:
            yield from references(each)


def _bare(node: Any, *, is_names: bool = False) -> Any:
    """Without prose; below `properties` a key is a name of GitHub's, whatever it looks like."""
    if isinstance(node, dict):
        return {
            name: _bare(each, is_names=name == "properties" and not is_names)
            for name, each in node.items()
            if is_names or name not in PROSE
        }
    return [_bare(each) for each in node] if isinstance(node, list) else node


def _lines(node: Any, depth: int = 3) -> str:
    """JSON with a line for each path and each component, so that a newer one shows what has changed."""
    if depth == 0 or not isinstance(node, dict):
        return json.dumps(node, sort_keys=True, separators=(",", ":"))
    rows = ",\n".join(f"{json.dumps(name)}: {_lines(each, depth - 1)}" for name, each in sorted(node.items()))
    return f"{{\n{rows}\n}}"


if __name__ == "__main__":
    main(Path(sys.argv[1]))
