"""The second look: what the build has written decides where detection could only expect."""

from typing import Any

import pytest

from support.folders import package, tree, tree_of
from thakur.builds import Copy, Plan
from thakur.builds.detection.describe import changes
from thakur.builds.detection.detect import detect, settle

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
    plan = detect(tree(files))

    settled = settle(plan, tree_of(*files, built))

    assert {field: getattr(settled, field) for field in changed} == changed
    assert bool(changed) or settled == plan


def test_a_preset_of_react_router_names_its_entry() -> None:
    settled = settle(detect(tree(ROUTER)), tree_of("build/server/nodejs_eyJ/index.js"))

    assert settled.start == ("bun", "--bun", "run", "react-router-serve", "./build/server/nodejs_eyJ/index.js")


def test_next_in_a_workspace_puts_its_server_further_down() -> None:
    files = below("apps/web", NEXT) | {"package.json": '{"workspaces": ["apps/*"]}', "bun.lock": ""}
    plan = detect(tree(files))
    traced = "apps/web/.next/standalone"

    settled = settle(plan, tree_of(f"{traced}/apps/web/server.js", f"{traced}/node_modules/x/server.js"))

    assert (settled.root, settled.output, settled.start_in) == ("apps/web", traced, "apps/web")
    assert settled.copies == (
        Copy("apps/web/.next/static", f"{traced}/apps/web/.next/static"),
        Copy("apps/web/public", f"{traced}/apps/web/public"),
    )


def test_what_changed_is_said() -> None:
    plan = Plan(framework="SvelteKit", kind="server", output=".", start=("bun", "build/index.js"))

    assert changes(plan, settle(plan, tree_of("build/index.html"))) == (
        "The build made files to serve, no server: build",
        "Serve is now: the files of build",
    )
    assert changes(plan, plan) == ()


def test_an_unknown_or_settled_framework_stays_as_it_is() -> None:
    plan = Plan(framework="Hono", kind="server", start=("bun", "index.ts"))

    assert settle(plan, tree_of("index.ts")) is plan
