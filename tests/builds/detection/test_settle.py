"""The second look: what the build has written decides where detection could only expect."""

from typing import Any

import pytest

from support.folders import decided, package, tree_of
from thakur.builds import Copy
from thakur.builds.detection.describe import changes
from thakur.builds.detection.detect import settle

NEXT = {"package.json": package("next"), "app/page.tsx": "", "public/a": ""}
NUXT = {"package.json": package("nuxt")}
KIT = {"package.json": package(tools="@sveltejs/kit")}
ROUTER = {"package.json": package("@react-router/serve", tools="@react-router/dev")}
START = {"package.json": package("@tanstack/react-start nitro")}
ASTRO = {"package.json": package("astro @astrojs/node")}
NEST = {"package.json": package("@nestjs/core")}
ANGULAR = {
    "package.json": package("@angular/core"),
    "angular.json": '{"projects": {"a": {"architect": {"build": {"builder": "x:application"}}}}}',
}
NEXT_START = ("bun", "--bun", "run", "next", "start")


def below(root: str, files: dict[str, str]) -> dict[str, str]:
    return {f"{root}/{name}": text for name, text in files.items()}


@pytest.mark.parametrize(
    ("files", "built", "changed"),
    [
        (NEXT, ".next/standalone/server.js", {}),
        (NEXT, ".next/BUILD_ID", {"output": ".", "start": NEXT_START, "copies": ()}),
        (NUXT, ".output/server/index.mjs", {}),
        (NUXT, ".output/public/index.html", {"kind": "static", "output": ".output/public", "start": None}),
        (START, "dist/server/server.js", {"output": "."}),
        (KIT, "build/index.js", {}),
        (KIT, "build/index.html", {"kind": "static", "output": "build", "start": None}),
        (ROUTER, "build/server/index.js", {}),
        (ROUTER, "build/server/nodejs_eyJ/index.js", {"output": "."}),
        (ROUTER, "build/client/index.html", {"kind": "static", "output": "build/client", "is_spa": True}),
        (ASTRO, "dist/server/entry.mjs", {}),
        (ASTRO, "dist/index.html", {"kind": "static", "output": "dist", "start": None}),
        (NEST, "dist/src/main.js", {"start": ("bun", "dist/src/main.js")}),
        (ANGULAR, "dist/a/browser/index.html", {}),
        (ANGULAR, "dist/a/index.html", {"output": "dist/a"}),
    ],
)
def test_the_result_corrects_the_plan(files: dict[str, str], built: str, changed: dict[str, Any]) -> None:
    decision = decided(files)
    plan = decision.plan

    settled = settle(decision, tree_of(*files, built)).plan

    assert {field: getattr(settled, field) for field in changed} == changed
    assert bool(changed) or settled == plan


def test_a_preset_of_react_router_names_its_entry() -> None:
    settled = settle(decided(ROUTER), tree_of("build/server/nodejs_eyJ/index.js")).plan

    assert settled.start == ("bun", "--bun", "run", "react-router-serve", "./build/server/nodejs_eyJ/index.js")


def test_next_in_a_workspace_puts_its_server_further_down() -> None:
    files = below("apps/web", NEXT) | {"package.json": '{"workspaces": ["apps/*"]}', "bun.lock": ""}
    traced = "apps/web/.next/standalone"

    settled = settle(decided(files), tree_of(f"{traced}/apps/web/server.js", f"{traced}/node_modules/x/server.js")).plan

    assert (settled.root, settled.output, settled.start_in) == ("apps/web", traced, "apps/web")
    assert settled.copies == (
        Copy("apps/web/.next/static", f"{traced}/apps/web/.next/static"),
        Copy("apps/web/public", f"{traced}/apps/web/public"),
    )


def test_what_changed_is_said() -> None:
    before = decided(KIT)
    after = settle(before, tree_of("build/index.html"))

    assert changes(before.plan, after.plan) == (
        "The build made files to serve, no server: build",
        "Serve is now: the files of build",
    )
    assert changes(before.plan, before.plan) == ()


def test_what_somebody_said_stays_as_it_is() -> None:
    decision = decided(KIT, start="bun own.js", output="build")

    settled = settle(decision, tree_of("build/index.html"))

    assert settled.plan == decision.plan


def test_a_framework_that_decides_nothing_stays_as_it_is() -> None:
    decision = decided({"index.html": ""})

    assert settle(decision, tree_of("index.html")) is decision
