"""SvelteKit: its adapter decides what the build writes."""

import re

import msgspec

from thakur.builds.detection.folder import Folder
from thakur.builds.detection.framework import Framework, server_plan, static_plan
from thakur.builds.detection.outputs import inside, setting
from thakur.builds.detection.tree import Tree
from thakur.builds.plan import Plan

_BUILD = ("vite", "build")
_STATIC = "@sveltejs/adapter-static"
_NODE = "@sveltejs/adapter-node"
# The adapter's own number follows that of the kit.
_NODE_OF_KIT = {1: "1", 2: "5", 3: "6"}
_INDEX_FALLBACK = re.compile(r"\bfallback\s{0,40}:\s{0,40}['\"`]index\.html['\"`]")


def _config(folder: Folder) -> str:
    return folder.config("svelte") or folder.config("vite")


def _uses(adapter: str, folder: Folder) -> bool:
    return folder.needs("@sveltejs/kit") and folder.needs(adapter) and adapter in (_config(folder) or adapter)


def _static(folder: Folder) -> Plan:
    config = _config(folder)
    output = inside("SvelteKit", setting(config, "pages") or "build")
    return static_plan(folder, output, _BUILD, is_spa=bool(_INDEX_FALLBACK.search(config)))


def _node(folder: Folder) -> Plan:
    output = inside("SvelteKit", setting(_config(folder), "out") or "build")
    is_whole = bool(folder.manifest and folder.manifest.dependencies) or folder.is_started
    if is_whole:
        # What the application depends on is not bundled.
        return server_plan(folder, folder.start_command("bun", f"{output}/index.js"), command=_BUILD)
    return server_plan(folder, ("bun", "index.js"), command=_BUILD, output=output)


def _auto(folder: Folder) -> Plan:
    # adapter-auto would add it in the middle of the build, too late for bun to find it there.
    version = _NODE_OF_KIT.get(folder.major("@sveltejs/kit") or 2, "latest")
    adds = () if folder.needs(_NODE) else (f"{_NODE}@{version}",)
    return msgspec.structs.replace(_node(folder), build_env={"GCP_BUILDPACKS": "1"}, adds=adds)


def _settle(plan: Plan, built: Tree) -> Plan:
    if not built.has("build/index.js") and built.has("build/index.html"):
        return msgspec.structs.replace(plan, kind="static", output="build", start=None)
    return plan


SVELTE = (
    Framework(
        name="SvelteKit (static)",
        sign="`@sveltejs/kit` with `adapter-static`",
        result="files of `build`; a fallback to `index.html` answers every path",
        matches=lambda folder: _uses(_STATIC, folder) and not folder.is_started,
        plan=_static,
    ),
    Framework(
        name="SvelteKit (node)",
        sign="`@sveltejs/kit` with `adapter-node`",
        result="`build/index.js`; without packages when package.json names no `dependencies`",
        matches=lambda folder: _uses(_NODE, folder),
        plan=_node,
    ),
    Framework(
        name="SvelteKit",
        sign="`@sveltejs/kit` with `adapter-auto` or another adapter",
        result="`adapter-node` is added before the build, then `build/index.js`",
        matches=lambda folder: folder.needs("@sveltejs/kit"),
        plan=_auto,
        settle=_settle,
    ),
)
