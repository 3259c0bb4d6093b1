"""The table of frameworks, row by row."""

import json

import pytest

from thakur.builds import BuildFailed, Plan
from thakur.builds.detection.detect import detect
from thakur.builds.detection.installing import install_command
from thakur.builds.detection.tree import Tree

HOISTED = ("bun", "install", "--linker", "hoisted")
SCRIPT = ("bun", "run", "build")


def plan_of(needs: str = "", scripts: dict[str, str] | None = None, main: str = "", **files: str) -> Plan:
    """The plan for a package.json and files whose names have / and . written as _ and __."""
    manifest = {"dependencies": dict.fromkeys(needs.split(), "*"), "scripts": scripts or {}, "main": main}
    named = {name.replace("__", ".").replace("_", "/"): text for name, text in files.items()}
    return detect(Tree(frozenset({"package.json", *named}), {"package.json": json.dumps(manifest), **named}))


@pytest.mark.parametrize(
    ("needs", "framework", "output", "is_spa", "command"),
    [
        ("astro", "Astro", "dist", False, "astro build"),
        ("@docusaurus/core react", "Docusaurus", "build", False, "docusaurus build"),
        ("vitepress vue", "VitePress", ".vitepress/dist", False, "vitepress build ."),
        ("@11ty/eleventy", "Eleventy", "_site", False, "eleventy"),
        ("gatsby react", "Gatsby", "public", False, "gatsby build"),
        ("hexo", "Hexo", "public", False, "hexo generate"),
        ("react-scripts react", "Create React App", "build", True, "react-scripts build"),
        ("@vue/cli-service vue", "Vue CLI", "dist", True, "vue-cli-service build"),
        ("vite react", "Vite", "dist", True, "vite build"),
    ],
)
def test_static_sites(needs: str, framework: str, output: str, is_spa: bool, command: str) -> None:
    plan = plan_of(needs)

    assert (plan.framework, plan.kind, plan.output, plan.is_spa) == (framework, "static", output, is_spa)
    assert (plan.install, plan.build, plan.start) == (HOISTED, ("bun", "run", *command.split()), None)
    assert plan_of(needs, {"build": "x", "start": "vite"}).build == SCRIPT
    assert plan_of(needs, {"build": "x", "start": "node server.js"}).kind == "server"


@pytest.mark.parametrize(
    ("config", "script", "output"),
    [
        ("export default { build: { outDir: 'build' } }", "vite build", "build"),
        ("export default { build: { outDir: `./out/web` } }", "vite build", "out/web"),
        ("export default { root: 'src', build: { outDir: '../public' } }", "vite build", "public"),
        ("export default { root: 'src' }", "vite build", "src/dist"),
        ("build: { outDir: path.resolve(__dirname, 'web') }", "vite build", "web"),
        ("build: { outDir: 'build' }", "vite build --outDir=other", "other"),
        ("", "tsc && vite build --outDir other", "other"),
    ],
)
def test_vite_says_where_it_writes(config: str, script: str, output: str) -> None:
    assert plan_of("vite", {"build": script}, vite__config__ts=config).output == output


@pytest.mark.parametrize("out_dir", ["../dist", "/srv/www", ".", "a/../.."])
def test_vite_may_not_write_outside(out_dir: str) -> None:
    with pytest.raises(BuildFailed) as failed:
        plan_of("vite", vite__config__ts=f"build: {{ outDir: '{out_dir}' }}")

    assert failed.value.failure.code == "output_outside"


def test_vitepress_in_docs() -> None:
    assert plan_of("vitepress", **{"docs_.vitepress_config__ts": ""}).output == "docs/.vitepress/dist"


def test_astro_with_its_node_adapter_is_a_server() -> None:
    plan = plan_of("astro @astrojs/node", {"build": "astro build"})

    assert (plan.kind, plan.output, plan.start) == ("server", ".", ("bun", "dist/server/entry.mjs"))


@pytest.mark.parametrize("library", ["hono", "elysia", "express", "fastify", "koa"])
def test_servers_start_from_their_file(library: str) -> None:
    plan = plan_of(library, {"dev": "bun run --hot src/index.ts"}, src_index__ts="")

    assert (plan.framework.lower(), plan.kind, plan.output) == (library, "server", ".")
    assert (plan.install, plan.build, plan.start) == (HOISTED, None, ("bun", "src/index.ts"))


def test_a_main_that_is_there_comes_before_a_guess() -> None:
    assert plan_of("express", main="./web.js", web__js="", index__js="").start == ("bun", "web.js")
    assert plan_of("express", main="index.js", app__js="").start == ("bun", "app.js")


def test_a_start_script_is_obeyed() -> None:
    assert plan_of("express", {"start": "node server.js"}, index__js="").start == ("bun", "server.js")
    assert plan_of("fastify", {"start": "fastify start app.js"}).start == ("bun", "--bun", "run", "start")


def test_a_server_that_is_compiled_is_built_first() -> None:
    plan = plan_of("hono typescript", {"build": "tsc", "start": "node dist/index.js"}, src_index__ts="")

    assert (plan.build, plan.start) == (SCRIPT, ("bun", "dist/index.js"))


def test_a_server_with_vite_pages_is_the_server() -> None:
    assert plan_of("express vite", {"build": "vite build", "start": "node server.js"}, index__html="").framework == (
        "Express"
    )


def test_vite_pages_beside_a_server_library_are_pages() -> None:
    assert plan_of("hono vite", {"build": "vite build"}, index__html="", src_index__ts="").framework == "Vite"
    assert plan_of("hono vite", {"build": "vite build"}, src_index__ts="").framework == "Hono"


def test_servers_built_on_vite_are_no_static_sites() -> None:
    assert plan_of("@react-router/dev vite", {"start": "react-router-serve x"}).kind == "server"
    with pytest.raises(BuildFailed):
        plan_of("@sveltejs/kit vite", {"build": "vite build"})


def test_an_unknown_server_with_a_start_script_is_started() -> None:
    plan = plan_of("next react", {"build": "next build", "start": "next start"})

    assert (plan.framework, plan.build, plan.start) == ("Server", SCRIPT, ("bun", "--bun", "run", "start"))


def test_a_plain_folder_is_served_as_it_is() -> None:
    plan = detect(Tree(frozenset({"index.html", "style.css"})))

    assert plan == Plan(framework="Plain folder", kind="static", output=".")
    assert detect(Tree(frozenset({"public/index.html"}))).output == "public"


def test_a_plain_folder_may_have_a_package_json_for_its_tools() -> None:
    assert plan_of("prettier", {"format": "prettier ."}, index__html="", index__js="").framework == "Plain folder"


def test_a_single_file_is_a_server() -> None:
    plan = detect(Tree(frozenset({"index.ts"})))

    assert (plan.framework, plan.install, plan.start) == ("Server", None, ("bun", "index.ts"))


@pytest.mark.parametrize(
    ("lock", "command"),
    [
        ("bun.lock", ("bun", "install", "--frozen-lockfile")),
        ("bun.lockb", ("bun", "install", "--frozen-lockfile")),
        ("package-lock.json", HOISTED),
        ("yarn.lock", HOISTED),
        ("pnpm-lock.yaml", ("bun", "install")),
        ("none", HOISTED),
    ],
)
def test_the_lockfile_says_how_to_install(lock: str, command: tuple[str, ...]) -> None:
    assert install_command(Tree(frozenset({"package.json", lock}))) == command
