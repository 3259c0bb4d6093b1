"""GitHub's own OpenAPI documents as a judge of the stand-in: every answer, every event."""

import functools
import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import jsonschema_rs

from thakur.fakegithub import FakeGitHub
from thakur.fakegithub.door.gate import Answered

KEPT = Path(__file__).parents[1] / "contract" / "github"
# What a part of a path may hold more than one segment of.
LONG = {"basehead", "branch", "path", "ref"}
SHOWN = 3


class Judge:
    """What the documents say against answers and events; nothing, if the stand-in is what it stands for."""

    def __init__(self) -> None:
        self.problems: list[str] = []

    def answer(self, answered: Answered) -> None:
        where = f"{answered.method} {answered.path} {answered.status}"
        if answered.status >= 400:
            self._check(where, "answers of refusals", _refusals(), json.loads(answered.body))
            return
        found = _operation(answered.method, answered.path)
        if found is None:
            self.problems.append(f"{where}: GitHub's document knows no such question")
            return
        path, operation = found
        if str(answered.status) not in operation["responses"]:
            if answered.status not in UNDOCUMENTED_STATUSES:
                self.problems.append(f"{where}: GitHub's document knows no such answer")
            return
        validator = _answers(answered.method.lower(), path, str(answered.status))
        if validator is not None and answered.content_type == "application/json":
            self._check(where, f"{answered.method} {path}", validator, json.loads(answered.body))

    def event(self, name: str, payload: dict[str, Any]) -> None:
        action = payload.get("action")
        webhook = "-".join(filter(None, (name, action))).replace("_", "-")
        if webhook not in _document("webhooks")["webhooks"]:
            self.problems.append(f"event {webhook}: GitHub's document knows no such webhook")
            return
        self._check(f"event {webhook}", f"event {webhook}", _events(webhook), payload)

    def _check(self, where: str, subject: str, validator: Any, told: Any) -> None:
        said = [
            f"{where}: /{'/'.join(map(str, error.instance_path))}: {error.message[:300]}"
            for error in validator.iter_errors(told)
        ]
        self.problems += [each for each in said if not _is_excepted(subject, each)][:SHOWN]


@contextmanager
def judged(github: FakeGitHub) -> Iterator[Judge]:
    """Whatever the stand-in answers and tells meanwhile is held against the documents."""
    judge = Judge()
    github.gate.watch, github.hooks.watch = judge.answer, judge.event
    yield judge
    assert not judge.problems, "\n".join(judge.problems)


FORK_GONE = r"/head/(?:repo|user): null is not of type"
# Reviewed: where GitHub's documents say less, or something else, than GitHub does.
EXCEPTIONS: list[tuple[str, str]] = [
    # The account would have to be a user and an enterprise at once; the component `installation` says it right.
    ("GET /app/installations", r": /\d+/account: "),
    # A fork that is gone, or whose owner is, leaves nothing behind.
    ("event pull-request-closed", FORK_GONE),
    ("event pull-request-edited", FORK_GONE),
    ("GET /repos/{owner}/{repo}/pulls", FORK_GONE),
    ("GET /repos/{owner}/{repo}/pulls/{pull_number}", FORK_GONE),
    # An URL that was not given is empty, as its default says.
    ("GET /repos/{owner}/{repo}/deployments/{deployment_id}/statuses", r': "" is not a "uri"$'),
    ("POST /repos/{owner}/{repo}/deployments/{deployment_id}/statuses", r': "" is not a "uri"$'),
]
# A repository that was renamed, and what the asker has already.
UNDOCUMENTED_STATUSES = {301, 304, 307}


def _is_excepted(subject: str, problem: str) -> bool:
    return any(subject == each and re.search(pattern, problem) for each, pattern in EXCEPTIONS)


@functools.cache
def _document(name: str) -> Any:
    return _with_nulls(json.loads((KEPT / f"{name}.json").read_text()))


@functools.cache
def _paths() -> list[tuple[re.Pattern[str], str]]:
    # The longest first: what is below a thing before the thing itself.
    every = sorted(_document("rest")["paths"], key=lambda path: (-path.count("/"), path.count("{")))
    return [(re.compile(re.sub(r"\\{(\w+)\\}", _part, re.escape(path))), path) for path in every]


def _part(found: re.Match[str]) -> str:
    return ".+" if found[1] in LONG else "[^/]+"


def _operation(method: str, path: str) -> tuple[str, Any] | None:
    # What the document leaves out: a repository is asked for by its id in the same words, and contents without a path.
    named = re.sub(r"^/repositories/\d+", "/repos/some/body", path)
    named = re.sub(r"/contents/?$", "/contents/path", named)
    for pattern, template in _paths():
        operation = _document("rest")["paths"][template].get(method.lower())
        if operation is not None and pattern.fullmatch(named):
            return template, operation
    return None


@functools.cache
def _answers(method: str, path: str, status: str) -> Any:
    content = _resolved(_document("rest")["paths"][path][method]["responses"][status]).get("content", {})
    schema = content.get("application/json", {}).get("schema")
    return _validator("rest", schema) if schema is not None else None


@functools.cache
def _events(webhook: str) -> Any:
    content = _document("webhooks")["webhooks"][webhook]["post"]["requestBody"]["content"]
    return _validator("webhooks", content["application/json"]["schema"])


@functools.cache
def _refusals() -> Any:
    return _validator("rest", {"$ref": "#/components/schemas/basic-error", "required": ["message"]})


def _resolved(node: Any) -> Any:
    if "$ref" not in node:
        return node
    _, _, kind, name = node["$ref"].split("/")
    return _document("rest")["components"][kind][name]


def _validator(document: str, schema: Any) -> Any:
    return jsonschema_rs.Draft202012Validator(
        schema | {"components": _document(document)["components"]}, validate_formats=True
    )


def _with_nulls(node: Any) -> Any:
    """What OpenAPI 3.0 calls nullable, in the words of a JSON schema."""
    if isinstance(node, list):
        return [_with_nulls(each) for each in node]
    if not isinstance(node, dict):
        return node
    kept = {name: _with_nulls(each) for name, each in node.items() if name != "nullable"}
    return {"anyOf": [kept, {"type": "null"}]} if node.get("nullable") is True else kept
