"""What somebody says takes the place of what was found."""

from typing import Any

import pytest

from support.folders import decided, package, plan_of
from thakur.builds import BuildFailed, Plan, ReplicaLimits
from thakur.builds.detection.commands import shell, shell_start, shown, under
from thakur.builds.detection.describe import describe
from thakur.builds.detection.overriding import with_settings
from thakur.projects import Overrides

NEXT = {"package.json": package("next"), "app/page.tsx": ""}
SITE = {"package.json": package(tools="vite"), "index.html": ""}
WORKSPACE = {
    "package.json": package(workspaces=["apps/*"]),
    "apps/web/package.json": package(tools="vite"),
    "apps/api/package.json": package("hono"),
    "apps/api/index.ts": "",
}


def test_who_starts_it_himself_keeps_everything() -> None:
    plan = plan_of(NEXT, start="next start")

    assert (plan.framework, plan.kind, plan.output, plan.copies) == ("Next.js (custom server)", "server", ".", ())
    assert "NEXT_PRIVATE_STANDALONE" not in plan.build_env
    assert shown(plan.start or ()) == "next start"


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ({"output": "web"}, {"kind": "static", "output": "web", "start": None}),
        ({"start": "bun s.js"}, {"kind": "server", "output": "."}),
        ({"start": "bun s.js", "output": "dist"}, {"kind": "server", "output": "dist"}),
        ({"install": ""}, {"install": None, "notes": ()}),
        ({"build": ""}, {"build": None}),
        ({"install": "make deps"}, {"install": shell("make deps")}),
        ({"trust_scripts": False}, {"trusts_scripts": False}),
        ({"runtime": "node"}, {"build_runtime": "node", "runtime": "node"}),
        ({"spa_fallback": False}, {"is_spa": False}),
    ],
)
def test_each_setting_has_its_place(said: dict[str, Any], expected: dict[str, Any]) -> None:
    plan = plan_of(SITE, **said)

    assert {name: getattr(plan, name) for name in expected} == expected


def test_a_site_of_a_workspace_is_overridden_in_its_own_directory() -> None:
    plan = plan_of(WORKSPACE, root="apps/web", output="public", install="bun i")

    assert (plan.root, plan.output, plan.install_in) == ("apps/web", "apps/web/public", "apps/web")


def test_a_server_of_a_workspace_is_started_in_its_own_directory() -> None:
    plan = plan_of(WORKSPACE, root="apps/api", start="bun index.ts")

    assert (plan.output, plan.start_in) == (".", "apps/api")


def test_what_nothing_recognises_is_built_as_it_is_told() -> None:
    files = {"Makefile": "", "page.md": ""}

    assert plan_of(files, build="make", output="out").kind == "static"
    assert plan_of(files, start="./serve").kind == "server"
    with pytest.raises(BuildFailed):
        decided(files, build="make")


def test_settings_of_a_later_deployment_need_no_build() -> None:
    plan = decided({"package.json": package("hono"), "index.ts": ""}).plan

    now = with_settings(plan, Overrides(start="bun other.ts", health_path="/up", memory_mb=64, build="ignored"))

    assert (shown(now.start or ()), now.health_path, now.limits) == ("bun other.ts", "/up", ReplicaLimits(memory_mb=64))
    assert now.build == plan.build
    assert with_settings(plan, Overrides()) == plan


def test_what_was_built_as_files_is_not_started_by_a_later_setting() -> None:
    assert with_settings(decided(SITE).plan, Overrides(start="bun x.js")).start is None


@pytest.mark.parametrize(
    ("runtime", "command", "expected"),
    [
        ("node", "bun server.js", "node server.js"),
        ("node", "bun --bun run start", "bun run start"),
        ("node", "bun run start", "bun run start"),
        ("node", "./serve", "./serve"),
        ("bun", "bun server.js", "bun server.js"),
        ("bun", "node server.js", "bun server.js"),
    ],
)
def test_a_start_runs_under_what_is_said(runtime: str, command: str, expected: str) -> None:
    assert under(runtime, tuple(command.split())) == tuple(expected.split())


@pytest.mark.parametrize("text", ["bun x.js", "A=1 bun x.js", "bun a.js && bun b.js", "echo $HOME; bun x", "a 'b c'"])
def test_a_command_is_shown_as_it_was_written(text: str) -> None:
    assert shown(shell(text)) == shown(shell_start(text)) == text
    assert shown(("bun", "run", "a b")) == "bun run 'a b'"


def test_a_single_command_takes_the_place_of_its_shell() -> None:
    assert shell_start("A=1 bun x.js")[2].endswith("\nexec env A=1 bun x.js")
    assert shell_start("bun a.js; bun b.js")[2].endswith("\nbun a.js; bun b.js")


def test_a_plan_is_described_with_who_said_what() -> None:
    plan = plan_of(
        WORKSPACE, root="apps/api", start="bun index.ts", build="", memory_mb=64, cpus=0.5, health_path="/up"
    )

    assert describe(plan) == (
        "Detected Hono in apps/api (says the project's settings): a server",
        "Install: bun install --linker hoisted",
        "Build: nothing (says the project's settings)",
        "Start: bun index.ts in apps/api (says the project's settings)",
        "Health: GET /up (says the project's settings)",
        "Limits: 64 MB, 0.5 CPUs (says the project's settings)",
    )
    assert describe(Plan(framework="Vite", kind="static", output="dist", is_spa=True)) == (
        "Detected Vite: files to serve",
        "Serve: the files of dist, index.html for every other path",
    )
