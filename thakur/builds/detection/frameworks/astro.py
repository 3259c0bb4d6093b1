"""Astro: files, unless its adapter makes a server."""

import msgspec

from thakur.builds.detection.folder import Folder
from thakur.builds.detection.framework import Framework, server_plan, site, static_plan
from thakur.builds.detection.outputs import inside, setting
from thakur.builds.detection.tree import Tree
from thakur.builds.plan import Plan

_BUILD = ("astro", "build")
_ENV = {"ASTRO_TELEMETRY_DISABLED": "1"}


def _output(folder: Folder) -> str:
    return inside("Astro", setting(folder.config("astro"), "outDir") or "dist")


def _server(folder: Folder) -> Plan:
    start = folder.start_command("bun", f"{_output(folder)}/server/entry.mjs")
    return msgspec.structs.replace(server_plan(folder, start, command=_BUILD), build_env=_ENV)


def _settle(plan: Plan, built: Tree) -> Plan:
    is_ours = plan.start == ("bun", "dist/server/entry.mjs")
    if is_ours and not built.has("dist/server/entry.mjs") and built.has("dist/index.html"):
        return msgspec.structs.replace(plan, kind="static", output="dist", start=None)
    return plan


ASTRO = (
    Framework(
        name="Astro (server)",
        sign="`astro` with `@astrojs/node`",
        result="its `start` script, else `dist/server/entry.mjs`",
        matches=lambda folder: folder.needs("astro") and folder.needs("@astrojs/node"),
        plan=_server,
        settle=_settle,
    ),
    Framework(
        name="Astro",
        sign="`astro`",
        result="files of `dist`, or of `outDir`",
        matches=site("astro"),
        plan=lambda folder: static_plan(folder, _output(folder), _BUILD, env=_ENV),
    ),
)
