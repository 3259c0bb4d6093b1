"""The table of frameworks: for each row the folder that it recognises and the plan that follows, then what only looks like it."""

from typing import Any

import msgspec
import pytest

from support.folders import package, plan_of
from thakur.builds import BuildFailed, Copy
from thakur.builds.detection.commands import shell
from thakur.builds.detection.frameworks import FRAMEWORKS

SCRIPT = ("bun", "run", "build")
BUN_START = ("bun", "--bun", "run", "start")
NITRO = {"NITRO_PRESET": "bun"}
BUILD = {"build": "x"}
HIDDEN = shell("echo .thakur-cache >> .eleventyignore && bun run eleventy")


def static(output: str, *command: str, is_spa: bool = False, **more: Any) -> dict[str, Any]:
    build = ("bun", "run", *command) if command else SCRIPT
    return {"kind": "static", "output": output, "build": build, "start": None, "is_spa": is_spa, **more}


def server(start: str, *command: str, output: str = ".", **more: Any) -> dict[str, Any]:
    build = ("bun", "run", *command) if command else SCRIPT
    return {"kind": "server", "output": output, "build": build, "start": tuple(start.split()), **more}


NEXT_COPIES = (
    Copy(".next/static", ".next/standalone/.next/static"),
    Copy("public", ".next/standalone/public"),
)

ROWS: list[tuple[str, dict[str, str], dict[str, Any]]] = [
    (
        "Next.js",
        {"package.json": package("next react", scripts={"build": "next build", "start": "next start"}), "public/a": ""}
        | {"next.config.ts": "export default {}"},
        server(
            "bun server.js",
            output=".next/standalone",
            copies=NEXT_COPIES,
            build_env={"NEXT_TELEMETRY_DISABLED": "1", "NEXT_PRIVATE_STANDALONE": "1"},
        ),
    ),
    (
        "Next.js",
        {"package.json": package("next"), "app/page.tsx": "", "next.config.js": "distDir: 'made'"},
        server(
            "bun server.js",
            "next",
            "build",
            output="made/standalone",
            copies=(Copy("made/static", "made/standalone/made/static"),),
        ),
    ),
    (
        "Next.js (static export)",
        {"package.json": package("next"), "next.config.mjs": "const c = { output: 'export' }"},
        static("out", "next", "build", build_env={"NEXT_TELEMETRY_DISABLED": "1"}),
    ),
    (
        "Next.js (static export)",
        {"package.json": package("next"), "next.config.mjs": 'output: "export", distDir: "web"'},
        static("web", "next", "build"),
    ),
    (
        "Next.js (custom server)",
        {"package.json": package("next", scripts={"build": "next build", "start": "node server.js"}), "server.js": ""},
        server("bun server.js", copies=(), build_env={"NEXT_TELEMETRY_DISABLED": "1"}),
    ),
    (
        "Nuxt",
        {"package.json": package("nuxt", scripts={"build": "nuxt build", "preview": "nuxt preview"})},
        server("bun server/index.mjs", output=".output", build_env=NITRO | {"NUXT_TELEMETRY_DISABLED": "1"}),
    ),
    (
        "Nuxt (generated)",
        {"package.json": package("nuxt", scripts={"build": "nuxi generate"})},
        static(".output/public", build_env={"NUXT_TELEMETRY_DISABLED": "1"}),
    ),
    (
        "TanStack Start",
        {"package.json": package("@tanstack/react-start nitro", tools="vite", scripts={"build": "vite build"})},
        server("bun server/index.mjs", output=".output", build_env=NITRO),
    ),
    (
        "TanStack Start",
        {"package.json": package("@tanstack/solid-start", tools="vite", scripts=BUILD)},
        server("bun --bun run srvx --prod -s ../client dist/server/server.js", adds=("srvx",)),
    ),
    (
        "TanStack Start",
        {"package.json": package("@tanstack/react-start", scripts=BUILD | {"start": "bun serve.ts"}), "serve.ts": ""},
        server("bun serve.ts", adds=()),
    ),
    (
        "SolidStart",
        {"package.json": package("@solidjs/start vinxi", scripts={"build": "vinxi build", "start": "vinxi start"})},
        server("bun server/index.mjs", output=".output", build_env=NITRO | {"SERVER_PRESET": "bun"}),
    ),
    (
        "Nitro",
        {"package.json": package(tools="nitropack", scripts={"build": "nitro build", "preview": "node x"})},
        server("bun server/index.mjs", output=".output", build_env=NITRO),
    ),
    (
        "SvelteKit",
        {"package.json": package(tools="@sveltejs/kit@^2.0.0 @sveltejs/adapter-auto vite", scripts=BUILD)},
        server("bun index.js", output="build", adds=("@sveltejs/adapter-node@5",), build_env={"GCP_BUILDPACKS": "1"}),
    ),
    (
        "SvelteKit (node)",
        {"package.json": package("zod", tools="@sveltejs/kit @sveltejs/adapter-node vite", scripts=BUILD)},
        server("bun build/index.js", adds=(), build_env={}),
    ),
    (
        "SvelteKit (node)",
        {"package.json": package(tools="@sveltejs/kit @sveltejs/adapter-node", scripts=BUILD)}
        | {"svelte.config.js": "import a from '@sveltejs/adapter-node'; adapter({ out: 'made' })"},
        server("bun index.js", output="made"),
    ),
    (
        "SvelteKit (static)",
        {"package.json": package(tools="@sveltejs/kit @sveltejs/adapter-static", scripts=BUILD)}
        | {"svelte.config.js": "import a from '@sveltejs/adapter-static'; a({ fallback: 'index.html' })"},
        static("build", is_spa=True),
    ),
    (
        "React Router",
        {"package.json": package("@react-router/serve", tools="@react-router/dev vite", scripts=BUILD)}
        | {"react-router.config.ts": "export default { ssr: true }"},
        server("bun --bun run react-router-serve ./build/server/index.js", build_runtime="node", adds=()),
    ),
    (
        "React Router",
        {"package.json": package(tools="@react-router/dev", scripts=BUILD | {"start": "react-router-serve x.js"})},
        server(" ".join(BUN_START), build_runtime="node", adds=()),
    ),
    (
        "React Router (browser only)",
        {"package.json": package(tools="@react-router/dev vite", scripts=BUILD)}
        | {"react-router.config.ts": "export default { ssr: false }"},
        static("build/client", is_spa=True, build_runtime="node"),
    ),
    (
        "Remix",
        {"package.json": package(tools="@remix-run/dev vite", scripts=BUILD), "vite.config.ts": ""},
        server("bun --bun run remix-serve ./build/server/index.js", adds=("@remix-run/serve",)),
    ),
    (
        "Remix",
        {"package.json": package("@remix-run/serve", tools="@remix-run/dev")},
        server("bun --bun run remix-serve ./build/index.js", "remix", "build"),
    ),
    (
        "Astro",
        {"package.json": package("astro"), "astro.config.mjs": "outDir: './web'"},
        static("web", "astro", "build", build_env={"ASTRO_TELEMETRY_DISABLED": "1"}),
    ),
    (
        "Astro (server)",
        {"package.json": package("astro @astrojs/node", scripts={"build": "astro build", "start": "astro dev"})},
        server("bun dist/server/entry.mjs", build_env={"ASTRO_TELEMETRY_DISABLED": "1"}),
    ),
    (
        "Qwik",
        {
            "package.json": package(
                tools="@builder.io/qwik-city vite",
                scripts={"build": "qwik build", "start": "vite --open --mode ssr", "serve": "bun server/entry.bun.js"},
            )
        },
        server("bun server/entry.bun.js"),
    ),
    (
        "Qwik",
        {"package.json": package(tools="@qwik.dev/router", scripts={"serve": "node server/entry.express"})},
        server("bun --bun run serve", "qwik", "build"),
    ),
    (
        "Qwik",
        {
            "package.json": package(
                tools="@builder.io/qwik-city",
                scripts={"build": "qwik build", "build.server": "vite build -c adapters/static/vite.config.ts"},
            )
        },
        static("dist"),
    ),
    (
        "Angular",
        {
            "package.json": package("@angular/core", scripts={"build": "ng build", "start": "ng serve"}),
            "angular.json": '{"projects": {"shop": {"projectType": "application", "architect": {"build":'
            ' {"builder": "@angular/build:application", "options": {"outputPath": "dist/web"}}}}}}',
        },
        static("dist/web/browser", is_spa=True, build_env={"NG_CLI_ANALYTICS": "false"}),
    ),
    (
        "Angular",
        {
            "package.json": package("@angular/core"),
            "angular.json": '{"projects": {"ui": {"projectType": "library"}, "shop": {"architect": {"build":'
            ' {"builder": "@angular-devkit/build-angular:browser", "options": {}}}}}}',
        },
        static("dist/shop", "ng", "build", is_spa=True),
    ),
    (
        "Angular",
        {
            "package.json": package("@angular/core @angular/ssr express", scripts={"build": "ng build"}),
            "angular.json": '{"projects": {"shop": {"architect": {"build": {"builder": "@angular/build:application",'
            ' "options": {"outputMode": "server", "ssr": {"entry": "src/server.ts"}}}}}}}',
        },
        server("bun dist/shop/server/server.mjs"),
    ),
    (
        "Create React App",
        {"package.json": package("react-scripts")},
        static("build", "react-scripts", "build", is_spa=True),
    ),
    (
        "Vue CLI",
        {"package.json": package("vue", tools="@vue/cli-service"), "vue.config.js": "outputDir: 'web'"},
        static("web", "vue-cli-service", "build", is_spa=True),
    ),
    ("Umi", {"package.json": package("umi"), ".umirc.ts": "outputPath: 'w'"}, static("w", "umi", "build", is_spa=True)),
    ("Preact CLI", {"package.json": package(tools="preact-cli")}, static("build", "preact", "build", is_spa=True)),
    ("Stencil", {"package.json": package(tools="@stencil/core", scripts=BUILD)}, static("www", is_spa=True)),
    (
        "Ember",
        {"package.json": package(tools="ember-cli", scripts=BUILD | {"start": "ember serve"})},
        static("dist", is_spa=True, build_runtime="node"),
    ),
    (
        "Expo (web)",
        {"package.json": package("expo react-native-web", scripts={"start": "expo start"}), "index.js": ""},
        static("dist", "expo", "export", "--platform", "web", is_spa=True),
    ),
    ("Ionic", {"package.json": package(scripts=BUILD), "ionic.config.json": ""}, static("www", is_spa=True)),
    (
        "Parcel",
        {"package.json": package(tools="parcel", scripts={"build": "parcel build --dist-dir web"}), "index.html": ""},
        static("web", is_spa=True, build_runtime="node"),
    ),
    (
        "Docusaurus",
        {"package.json": package("@docusaurus/core@^3.1.0", scripts=BUILD | {"start": "docusaurus start"})},
        static("build", build_runtime="bun"),
    ),
    (
        "Docusaurus",
        {"package.json": package("@docusaurus/core@2.4.1")},
        static("build", "docusaurus", "build", build_runtime="node"),
    ),
    (
        "VitePress",
        {"package.json": package(tools="vitepress"), "docs/.vitepress/config.ts": ""},
        static("docs/.vitepress/dist", "vitepress", "build", "docs"),
    ),
    ("VitePress", {"package.json": package(tools="vitepress")}, static(".vitepress/dist", "vitepress", "build", ".")),
    (
        "VuePress",
        {"package.json": package(tools="vuepress"), "src/.vuepress/config.ts": ""},
        static("src/.vuepress/dist", "vuepress", "build", "src"),
    ),
    (
        "Eleventy",
        {"package.json": package(tools="@11ty/eleventy"), "index.md": ""},
        static("_site") | {"build": HIDDEN},
    ),
    (
        "Eleventy",
        {"package.json": package(tools="@11ty/eleventy"), ".eleventy.js": "dir: { output: 'web' }"},
        static("web") | {"build": HIDDEN},
    ),
    ("Gatsby", {"package.json": package("gatsby")}, static("public", "gatsby", "build")),
    ("Hexo", {"package.json": package("hexo")}, static("public", "hexo", "generate", build_runtime="node")),
    ("Vite", {"package.json": package(tools="vite", scripts=BUILD), "index.html": ""}, static("dist", is_spa=True)),
    (
        "Vite",
        {"package.json": package("vue", tools="vite vue-tsc@^2.0.0", scripts={"build": "vue-tsc -b && vite build"})},
        static("dist", is_spa=True, build_runtime="node"),
    ),
    (
        "Rsbuild",
        {"package.json": package(tools="@rsbuild/core"), "rsbuild.config.ts": "distPath: { root: 'web' }"},
        static("web", "rsbuild", "build", is_spa=True),
    ),
    (
        "Nest",
        {
            "package.json": package(
                "@nestjs/core @nestjs/platform-express",
                scripts={"build": "nest build", "start": "nest start", "start:prod": "node dist/main"},
            ),
            "src/main.ts": "",
        },
        server("bun dist/main.js"),
    ),
    ("Hono", {"package.json": package("hono"), "src/index.ts": ""}, server("bun src/index.ts") | {"build": None}),
    ("Elysia", {"package.json": package("elysia"), "src/index.ts": ""}, server("bun src/index.ts") | {"build": None}),
    ("h3", {"package.json": package("h3"), "server.mjs": ""}, server("bun server.mjs") | {"build": None}),
    (
        "Fastify",
        {"package.json": package("fastify", scripts={"start": "fastify start app.js"})},
        server(" ".join(BUN_START)) | {"build": None},
    ),
    ("Koa", {"package.json": package("koa", main="./web.js"), "web.js": ""}, server("bun web.js") | {"build": None}),
    (
        "Express",
        {"package.json": package("express", scripts={"start": "node ./bin/web.js"}), "index.js": ""},
        server("bun bin/web.js") | {"build": None},
    ),
    (
        "Server",
        {"package.json": package("strange", scripts={"build": "x", "start": "strange up"})},
        server(" ".join(BUN_START)),
    ),
    (
        "Staticfile",
        {"Staticfile": "root: web # here\nindex_fallback: true\n", "web/index.html": ""},
        static("web", is_spa=True) | {"build": None},
    ),
    ("Staticfile", {"Staticfile": "", "page.html": ""}, static(".") | {"build": None}),
    ("Plain folder", {"index.html": "", "style.css": ""}, static(".") | {"build": None, "install": None}),
    ("Plain folder", {"public/index.html": ""}, static("public") | {"build": None}),
    ("Server file", {"index.ts": ""}, server("bun index.ts") | {"build": None, "install": None}),
]


@pytest.mark.parametrize(
    ("name", "files", "expected"), ROWS, ids=[f"{name}-{at}" for at, (name, *_) in enumerate(ROWS)]
)
def test_a_folder_gives_its_row_s_plan(name: str, files: dict[str, str], expected: dict[str, Any]) -> None:
    plan = plan_of(files)

    assert plan.framework == name
    found = msgspec.structs.asdict(plan)
    assert {field: found[field] for field in expected} == expected


def test_every_row_has_a_folder() -> None:
    assert [row.name for row in FRAMEWORKS if row.name not in {name for name, *_ in ROWS}] == []


NEAR_MISSES: list[tuple[str, dict[str, str], str]] = [
    (
        "vite is a tool of a server",
        {
            "package.json": package("express", tools="vite", scripts=BUILD | {"start": "node server.js"}),
            "index.html": "",
        },
        "Express",
    ),
    ("pages beside a server library", {"package.json": package("hono", tools="vite"), "index.html": ""}, "Vite"),
    ("a server library with vite", {"package.json": package("hono", tools="vite"), "src/index.ts": ""}, "Hono"),
    (
        "the start script shows pages at the desk",
        {"package.json": package("react", tools="vite", scripts={"build": "vite build", "start": "vite"})},
        "Vite",
    ),
    (
        "the start script restarts a server at the desk",
        {"package.json": package("express", scripts={"start": "nodemon app.js"}), "app.js": ""},
        "Express",
    ),
    (
        "a site with a server of its own",
        {"package.json": package("astro", scripts=BUILD | {"start": "node serve.js"}), "serve.js": ""},
        "Server",
    ),
    ("next is a tool of something else", {"package.json": package(tools="next"), "index.js": ""}, "Server file"),
    ("react router as a library", {"package.json": package("react-router", tools="vite"), "index.html": ""}, "Vite"),
    (
        "tools beside files",
        {"package.json": package(tools="prettier"), "index.html": "", "index.js": ""},
        "Plain folder",
    ),
    ("ionic on vite", {"package.json": package("@ionic/react", tools="vite"), "ionic.config.json": ""}, "Vite"),
    (
        "ionic on angular",
        {"package.json": package("@angular/core"), "angular.json": "", "ionic.config.json": ""},
        "Angular",
    ),
    ("expo without the web", {"package.json": package("expo"), "index.js": ""}, "Server file"),
    ("kit before vite", {"package.json": package(tools="@sveltejs/kit vite"), "index.html": ""}, "SvelteKit"),
]


@pytest.mark.parametrize(("files", "name"), [row[1:] for row in NEAR_MISSES], ids=[row[0] for row in NEAR_MISSES])
def test_what_only_looks_like_it_is_something_else(files: dict[str, str], name: str) -> None:
    assert plan_of(files).framework == name


@pytest.mark.parametrize(
    "files",
    [
        {"package.json": package(tools="vite"), "vite.config.ts": "build: { lib: { entry: 'src/a.ts' } }"},
        {"package.json": package(tools="@builder.io/qwik-city vite", scripts={"build": "qwik build"})},
    ],
    ids=["a library", "a server that nothing starts"],
)
def test_some_of_it_is_no_application(files: dict[str, str]) -> None:
    with pytest.raises(BuildFailed):
        plan_of(files)


def test_a_fresh_qwik_project_is_told_of_adapters() -> None:
    scripts = {
        "build": "qwik build",
        "start": "vite --open --mode ssr",
        "build.server": "vite build -c adapters/mine/x.ts",
    }

    with pytest.raises(BuildFailed) as failed:
        plan_of({"package.json": package(tools="@builder.io/qwik-city vite", scripts=scripts)})

    assert failed.value.failure.code == "adapter_missing"


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
    files = {"package.json": package(tools="vite", scripts={"build": script}), "vite.config.ts": config}

    assert plan_of(files).output == output


@pytest.mark.parametrize("out_dir", ["../dist", "/srv/www", ".", "a/../.."])
def test_no_tool_may_write_outside(out_dir: str) -> None:
    with pytest.raises(BuildFailed) as failed:
        plan_of({"package.json": package(tools="vite"), "vite.config.ts": f"build: {{ outDir: '{out_dir}' }}"})

    assert failed.value.failure.code == "output_outside"
