"""Workspaces: the one application of it, where its packages are installed, what is built before it."""

import pytest

from support.folders import package, plan_of, tree
from thakur.builds import BuildFailed
from thakur.builds.detection.commands import shown
from thakur.builds.detection.monorepo import install_root, members

WEB = package(tools="vite", name="web")
LIBRARY = package(name="ui", main="index.js", scripts={"build": "tsc"})
SHELL = package(workspaces=["apps/*", "packages/*"], tools="turbo typescript vite")


@pytest.mark.parametrize(
    ("patterns", "expected"),
    [
        (["apps/*"], ("apps/api", "apps/web")),
        (["./apps/web/"], ("apps/web",)),
        (["**"], ("apps/api", "apps/web", "tools/x/y")),
        (["tools/**"], ("tools/x/y",)),
        (["apps/*", "!apps/api"], ("apps/web",)),
        ({"packages": ["apps/w*"]}, ("apps/web",)),
        ([], ()),
        ("apps/*", ()),
    ],
)
def test_members_are_named_by_patterns(patterns: object, expected: tuple[str, ...]) -> None:
    files = dict.fromkeys(("apps/web/package.json", "apps/api/package.json", "tools/x/y/package.json"), "{}")

    assert members(tree(files | {"package.json": package(workspaces=patterns)})) == expected


def test_pnpm_has_a_file_of_its_own() -> None:
    text = "packages:\n  # all\n  - 'apps/*'\n  - \"libs/a\" # one\n\ncatalog:\n  - nothing\n"
    files = dict.fromkeys(("apps/web/package.json", "libs/a/package.json", "libs/b/package.json"), "{}")

    assert members(tree(files | {"pnpm-workspace.yaml": text})) == ("apps/web", "libs/a")


def test_a_workspace_is_installed_at_its_root() -> None:
    files = {"package.json": SHELL, "apps/web/package.json": WEB, "alone/package.json": "{}"}

    assert install_root(tree(files), "apps/web") == "."
    assert install_root(tree(files), "alone") == "alone"


def test_the_only_application_of_a_workspace_is_the_one() -> None:
    files = {"package.json": SHELL, "apps/web/package.json": WEB, "packages/ui/package.json": LIBRARY, "bun.lock": ""}

    plan = plan_of(files | {"packages/ui/index.js": ""})

    assert (plan.framework, plan.root, plan.output) == ("Vite", "apps/web", "apps/web/dist")
    assert (plan.install, plan.install_in) == (("bun", "install", "--frozen-lockfile"), ".")
    assert plan.build == ("bun", "run", "vite", "build")


def test_a_server_in_a_workspace_keeps_the_whole_and_starts_in_its_place() -> None:
    api = package("hono", name="api")

    plan = plan_of({"package.json": SHELL, "apps/api/package.json": api, "apps/api/index.ts": ""})

    assert (plan.root, plan.output, plan.start_in, plan.start) == ("apps/api", ".", "apps/api", ("bun", "index.ts"))


def test_members_that_it_needs_are_built_before_it() -> None:
    web = package("ui", tools="vite", name="web", scripts={"build": "vite build"})
    base = package(name="base", scripts={"build": "tsc"})
    ui = package("base", name="ui", scripts={"build": "tsc"})
    files = {"package.json": SHELL, "apps/web/package.json": web, "packages/ui/package.json": ui}
    files |= {
        "packages/base/package.json": base,
        "packages/other/package.json": package(name="o", scripts={"build": "x"}),
    }

    plan = plan_of(files)

    assert plan.build is not None
    assert shown(plan.build) == "bun run --filter base --filter ui build && bun run build"


@pytest.mark.parametrize("workspaces", [["apps/*"], []])
def test_several_applications_are_named(workspaces: list[str]) -> None:
    files = {
        "package.json": package(workspaces=workspaces),
        "apps/web/package.json": WEB,
        "apps/docs/package.json": WEB,
    }

    with pytest.raises(BuildFailed) as failed:
        plan_of(files)

    failure = failed.value.failure
    assert failure.code == "wrong_root"
    assert "apps/docs, apps/web" in failure.why


def test_a_top_that_is_an_application_itself_is_the_one() -> None:
    top = package("next", workspaces=["packages/*"])

    assert plan_of({"package.json": top, "app/page.tsx": "", "packages/ui/package.json": WEB}).root == "."


def test_another_member_s_broken_package_json_does_no_harm() -> None:
    files = {"package.json": SHELL, "apps/web/package.json": WEB, "packages/ui/package.json": "{"}

    assert plan_of(files).root == "apps/web"
