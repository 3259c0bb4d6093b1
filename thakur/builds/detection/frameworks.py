"""The table of frameworks: each row says by what it is recognised and how it is built and started."""

import posixpath
import re
from collections.abc import Callable

import msgspec

from thakur.builds.detection.installing import install_command
from thakur.builds.detection.manifest import Manifest
from thakur.builds.detection.scripts import start_script, started_file
from thakur.builds.detection.tree import Tree
from thakur.builds.interface import BuildFailed, Failure, Plan


class Folder(msgspec.Struct, frozen=True):
    """What a row looks at: the names and texts, and package.json when there is one."""

    tree: Tree
    manifest: Manifest | None

    def needs(self, *names: str) -> bool:
        """Whether package.json names one of these dependencies."""
        return self.manifest is not None and not self.manifest.needs.isdisjoint(names)


class Framework(msgspec.Struct, frozen=True):
    """A row. The first one that matches makes the plan."""

    name: str
    matches: Callable[[Folder], bool]
    plan: Callable[[str, Folder], Plan]


SERVER_LIBRARIES = ("hono", "elysia", "express", "fastify", "koa")
# They are built by Vite, but what they build is a server.
_SERVERS_ON_VITE = (
    "@sveltejs/kit", "@react-router/dev", "@remix-run/dev", "@tanstack/react-start", "@tanstack/solid-start",
    "@solidjs/start", "@builder.io/qwik-city", "@analogjs/platform", "nitropack", "nitro", "nuxt", "vinxi",
)  # fmt: skip
_ENTRIES = tuple(
    f"{folder}{name}.{suffix}"
    for folder in ("", "src/")
    for name in ("server", "index", "app", "main")
    for suffix in ("ts", "mts", "tsx", "js", "mjs", "cjs", "jsx")
)
_OUT_DIR = re.compile(r"""\boutDir\s*:\s*(?:(?:path\.)?(?:resolve|join)\(\s*__dirname\s*,\s*)?['"`]([^'"`$]+)['"`]""")
_ROOT = re.compile(r"""\broot\s*:\s*(?:(?:path\.)?(?:resolve|join)\(\s*__dirname\s*,\s*)?['"`]([^'"`$]+)['"`]""")
_OUT_DIR_FLAG = re.compile(r"--outDir[ =]['\"]?([^\s'\"]+)")


def _static(output: str, command: tuple[str, ...], *, is_spa: bool = False) -> Callable[[str, Folder], Plan]:
    def plan(name: str, folder: Folder) -> Plan:
        return Plan(
            framework=name,
            kind="static",
            install=install_command(folder.tree),
            build=_build_script(folder) or ("bun", "run", *command),
            output=output,
            is_spa=is_spa,
        )

    return plan


def _vite(name: str, folder: Folder) -> Plan:
    config = next((text for path, text in sorted(folder.tree.texts.items()) if path.startswith("vite.config.")), "")
    script = folder.manifest.scripts.get("build", "") if folder.manifest else ""
    root, configured, flag = _ROOT.search(config), _OUT_DIR.search(config), _OUT_DIR_FLAG.search(script)
    written = flag[1] if flag else configured[1] if configured else "dist"
    output = posixpath.normpath(posixpath.join(root[1] if root else ".", written))
    if output.startswith(("/", "..")) or output == ".":
        raise BuildFailed(
            Failure(
                code="output_outside",
                what=f"Vite is told to write to {written}, which is not a directory inside the project.",
                why="Only what the project's own folder holds can be published.",
                next="Set build.outDir in the Vite configuration to a directory such as dist.",
            )
        )
    return _static(output, ("vite", "build"), is_spa=True)(name, folder)


def _vitepress(name: str, folder: Folder) -> Plan:
    docs = "docs/" if any(path.startswith("docs/.vitepress/") for path in folder.tree.paths) else ""
    return _static(f"{docs}.vitepress/dist", ("vitepress", "build", docs.rstrip("/") or "."))(name, folder)


def _astro_server(name: str, folder: Folder) -> Plan:
    return msgspec.structs.replace(
        _static(".", ("astro", "build"))(name, folder), kind="server", start=("bun", "dist/server/entry.mjs")
    )


def _server(name: str, folder: Folder) -> Plan:
    return Plan(
        framework=name,
        kind="server",
        install=install_command(folder.tree) if folder.manifest else None,
        build=_build_script(folder),
        start=_start_command(folder),
    )


def _plain(name: str, folder: Folder) -> Plan:
    return Plan(framework=name, kind="static", output="." if folder.tree.has("index.html") else "public")


def _needs(*names: str) -> Callable[[Folder], bool]:
    return lambda folder: folder.needs(*names)


def _static_site(*names: str) -> Callable[[Folder], bool]:
    # A start script for visitors says that there is a server, whatever built its pages.
    return lambda folder: folder.needs(*names) and not _is_started(folder)


def _is_vite_site(folder: Folder) -> bool:
    is_page = folder.tree.has("index.html") or not folder.needs(*SERVER_LIBRARIES)
    return is_page and not folder.needs(*_SERVERS_ON_VITE) and _static_site("vite")(folder)


def _is_started(folder: Folder) -> bool:
    return folder.manifest is not None and start_script(folder.manifest) is not None


def _is_served(*names: str) -> Callable[[Folder], bool]:
    return lambda folder: folder.needs(*names) and (_is_started(folder) or _entry(folder) is not None)


def _is_plain(folder: Folder) -> bool:
    has_build = folder.manifest is not None and "build" in folder.manifest.scripts
    return not has_build and folder.tree.has("index.html", "public/index.html")


FRAMEWORKS: tuple[Framework, ...] = (
    Framework("Astro (server)", _needs("@astrojs/node"), _astro_server),
    Framework("Astro", _static_site("astro"), _static("dist", ("astro", "build"))),
    Framework("Docusaurus", _static_site("@docusaurus/core"), _static("build", ("docusaurus", "build"))),
    Framework("VitePress", _static_site("vitepress"), _vitepress),
    Framework("Eleventy", _static_site("@11ty/eleventy"), _static("_site", ("eleventy",))),
    Framework("Gatsby", _static_site("gatsby"), _static("public", ("gatsby", "build"))),
    Framework("Hexo", _static_site("hexo"), _static("public", ("hexo", "generate"))),
    Framework(
        "Create React App", _static_site("react-scripts"), _static("build", ("react-scripts", "build"), is_spa=True)
    ),
    Framework("Vue CLI", _static_site("@vue/cli-service"), _static("dist", ("vue-cli-service", "build"), is_spa=True)),
    Framework("Vite", _is_vite_site, _vite),
    Framework("Hono", _is_served("hono"), _server),
    Framework("Elysia", _is_served("elysia"), _server),
    Framework("Fastify", _is_served("fastify"), _server),
    Framework("Koa", _is_served("koa"), _server),
    Framework("Express", _is_served("express"), _server),
    Framework("Server", _is_started, _server),
    Framework("Plain folder", _is_plain, _plain),
    Framework("Server", lambda folder: _entry(folder) is not None, _server),
)


def _build_script(folder: Folder) -> tuple[str, ...] | None:
    has_build = folder.manifest is not None and folder.manifest.scripts.get("build", "").strip()
    return ("bun", "run", "build") if has_build else None


def _start_command(folder: Folder) -> tuple[str, ...]:
    if _is_started(folder):
        file = started_file(folder.manifest) if folder.manifest else None
        return ("bun", file) if file else ("bun", "--bun", "run", "start")
    entry = _entry(folder)
    assert entry is not None
    return ("bun", entry)


def _entry(folder: Folder) -> str | None:
    main = folder.manifest.main.removeprefix("./") if folder.manifest else ""
    if main and folder.tree.has(main):
        return main
    return next((entry for entry in _ENTRIES if folder.tree.has(entry)), None)
