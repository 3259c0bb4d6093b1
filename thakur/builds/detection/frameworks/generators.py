"""Generators of static sites: pages that each have a file, and a 404.html for what has none."""

import shlex

import msgspec

from thakur.builds.detection.commands import shell
from thakur.builds.detection.folder import Folder
from thakur.builds.detection.framework import Framework, site, static, static_plan
from thakur.builds.detection.outputs import flag, inside, setting
from thakur.builds.plan import Plan
from thakur.builds.sources.unpack import CACHE_NAME

_HIDE_CACHE = f"echo {CACHE_NAME} >> .eleventyignore"


def _docusaurus(folder: Folder) -> Plan:
    output = inside("Docusaurus", flag(folder.script("build"), "--out-dir") or "build")
    return static_plan(folder, output, ("docusaurus", "build"))


def _vitepress(folder: Folder) -> Plan:
    below = next((above for above in ("", "docs/") if folder.tree.holds(f"{above}.vitepress")), "")
    configured = setting(folder.config(f"{below}.vitepress/config"), "outDir") or setting(
        next((folder.tree.text(f"{below}.vitepress/config.{suffix}") for suffix in ("ts", "mts", "js", "mjs")), ""),
        "outDir",
    )
    output = inside("VitePress", configured, below or ".") if configured else f"{below}.vitepress/dist"
    return static_plan(folder, output, ("vitepress", "build", below.rstrip("/") or "."))


def _vuepress(folder: Folder) -> Plan:
    below = next((above for above in ("docs", "src") if folder.tree.holds(f"{above}/.vuepress")), "")
    output = f"{below}/.vuepress/dist" if below else ".vuepress/dist"
    return static_plan(folder, output, ("vuepress", "build", below or "."))


def _eleventy(folder: Folder) -> Plan:
    texts = [folder.tree.text(".eleventy.js"), folder.tree.text(".eleventy.cjs"), folder.config("eleventy")]
    configured = next((found for text in texts if (found := setting(text, "output"))), "")
    output = inside("Eleventy", flag(folder.script("build"), "--output") or configured or "_site")
    plan = static_plan(folder, output, ("eleventy",))
    # It takes every text below the folder for a page, the cache's too.
    return msgspec.structs.replace(plan, build=shell(f"{_HIDE_CACHE} && {shlex.join(plan.build or ())}"))


GENERATORS = (
    Framework(
        name="Docusaurus",
        sign="`@docusaurus/core`",
        result="files of `build`",
        matches=site("@docusaurus/core"),
        plan=_docusaurus,
    ),
    Framework(
        name="VitePress",
        sign="`vitepress`",
        result="files of `.vitepress/dist`, also below `docs`",
        matches=site("vitepress"),
        plan=_vitepress,
    ),
    Framework(
        name="VuePress",
        sign="`vuepress`",
        result="files of `.vuepress/dist`, below `docs` or `src`",
        matches=site("vuepress"),
        plan=_vuepress,
    ),
    Framework(
        name="Eleventy",
        sign="`@11ty/eleventy`",
        result="files of `_site`, or of its `output`",
        matches=site("@11ty/eleventy"),
        plan=_eleventy,
    ),
    Framework(
        name="Gatsby",
        sign="`gatsby`",
        result="files of `public`",
        matches=site("gatsby"),
        plan=static("public", ("gatsby", "build"), env={"GATSBY_TELEMETRY_DISABLED": "1"}),
    ),
    Framework(
        name="Hexo",
        sign="`hexo`",
        result="files of `public`",
        matches=site("hexo"),
        plan=static("public", ("hexo", "generate")),
    ),
)
