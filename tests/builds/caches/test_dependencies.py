"""When two sources ask for the same installation."""

import json
from pathlib import Path

import pytest

from thakur.builds import Plan
from thakur.builds.caches.dependencies import dependencies_key

INSTALL = ("bun", "install", "--frozen-lockfile")
PLAN = Plan(framework="Vite", kind="static", output="dist", install=INSTALL)
SOURCE = {
    "package.json": json.dumps({"name": "shop", "dependencies": {"ms": "~2.1.3"}, "workspaces": ["./packages/*"]}),
    "packages/ui/package.json": json.dumps({"name": "ui", "main": "./index.js", "dependencies": {"is-odd": "3"}}),
    "bun.lock": "lock",
    "src/main.js": "1",
}


def key(
    directory: Path, changed: dict[str, str | None] | None = None, plan: Plan = PLAN, around: str = ""
) -> str | None:
    source = directory / str(len(list(directory.iterdir())))
    for name, text in {**SOURCE, **(changed or {})}.items():
        if text is not None:
            path = source / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
    return dependencies_key(source, plan, around)


def manifest(**fields: object) -> dict[str, str | None]:
    return {"package.json": json.dumps(json.loads(SOURCE["package.json"]) | fields)}


@pytest.mark.parametrize(
    "changed",
    [
        {"src/main.js": "2"},
        {"README.md": "hello"},
        manifest(scripts={"build": "vite build"}),
        {"package.json": json.dumps(json.loads(SOURCE["package.json"]), indent=4)},
    ],
    ids=["code", "another file", "scripts", "layout"],
)
def test_what_makes_no_other_packages_changes_nothing(tmp_path: Path, changed: dict[str, str | None]) -> None:
    assert key(tmp_path) is not None
    assert key(tmp_path, changed) == key(tmp_path)


@pytest.mark.parametrize(
    "changed",
    [
        {"bun.lock": "another"},
        {"yarn.lock": "one more"},
        manifest(dependencies={"ms": "2"}),
        manifest(trustedDependencies=["sharp"]),
        manifest(overrides={"ms": "2.0.0"}),
        {"packages/ui/package.json": '{"name": "ui"}'},
        {"packages/new/package.json": '{"name": "new"}'},
        {".npmrc": "registry=http://127.0.0.1"},
        {"bunfig.toml": "[install]"},
        {"patches/ms@2.1.3.patch": "diff"},
    ],
    ids=["lock", "lock of another", "needs", "trust", "overrides", "member", "new member", "npmrc", "bunfig", "patch"],
)
def test_what_may_make_other_packages_changes_the_key(tmp_path: Path, changed: dict[str, str | None]) -> None:
    other = key(tmp_path, changed)

    assert other is not None
    assert other != key(tmp_path)


def test_circumstances_and_the_command_change_the_key(tmp_path: Path) -> None:
    hoisted = Plan(framework="Vite", kind="static", output="dist", install=(*INSTALL, "--linker", "hoisted"))

    assert len({key(tmp_path), key(tmp_path, around="another bun"), key(tmp_path, plan=hoisted)}) == 3


@pytest.mark.parametrize(
    "changed",
    [
        {"bun.lock": None},
        {"node_modules/ms/index.js": "mine"},
        {"packages/ui/node_modules/ms/index.js": "mine"},
        manifest(dependencies={"local": "file:./local"}),
        manifest(devDependencies={"local": "link:../local"}),
        manifest(overrides={"ms": {"is-odd": "./vendored"}}),
        {"packages/ui/package.json": "no json"},
        {"packages/ui/package.json": "[]"},
    ],
    ids=["no lock", "packages", "packages of a member", "folder", "link", "override", "broken", "no object"],
)
def test_packages_that_no_lockfile_tells_are_not_kept(tmp_path: Path, changed: dict[str, str | None]) -> None:
    assert key(tmp_path, changed) is None


def test_a_plan_that_adds_packages_or_installs_none_keeps_none(tmp_path: Path) -> None:
    adding = Plan(framework="SvelteKit", kind="server", install=INSTALL, adds=("@sveltejs/adapter-node",))

    assert key(tmp_path, plan=adding) is None
    assert key(tmp_path, plan=Plan(framework="Vite", kind="static", output="dist")) is None
