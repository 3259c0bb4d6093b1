"""When two sources are built by the same tools."""

import json
from pathlib import Path

import pytest

from thakur.builds import Plan
from thakur.builds.caches.verdicts import tools_key

PLAN = Plan(framework="Vite", kind="static", build=("bun", "run", "build"))
MANIFEST = {"version": "1.0.0", "scripts": {"build": "vite build"}, "devDependencies": {"vite": "7"}}
SOURCE = {"package.json": json.dumps(MANIFEST), "bun.lock": "lock", "src/main.js": "1"}


def key(directory: Path, changed: dict[str, str] | None = None, plan: Plan = PLAN) -> str:
    source = directory / str(len(list(directory.iterdir())))
    for name, text in {**SOURCE, **(changed or {})}.items():
        path = source / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return tools_key(source, plan)


@pytest.mark.parametrize("changed", [{"src/main.js": "2"}, {"package.json": json.dumps(MANIFEST | {"version": "2"})}])
def test_code_and_its_version_are_no_tools(tmp_path: Path, changed: dict[str, str]) -> None:
    assert key(tmp_path, changed) == key(tmp_path)


@pytest.mark.parametrize(
    "changed",
    [
        {"bun.lock": "another"},
        {"yarn.lock": "one more"},
        {"package.json": json.dumps(MANIFEST | {"scripts": {"build": "webpack"}})},
        {"package.json": json.dumps(MANIFEST | {"devDependencies": {}})},
        {"package.json": "{"},
    ],
)
def test_lockfiles_scripts_and_packages_are(tmp_path: Path, changed: dict[str, str]) -> None:
    assert key(tmp_path, changed) != key(tmp_path)


def test_another_command_is_another_tool(tmp_path: Path) -> None:
    assert key(tmp_path, plan=Plan(framework="Vite", kind="static", build=("vite",))) != key(tmp_path)
