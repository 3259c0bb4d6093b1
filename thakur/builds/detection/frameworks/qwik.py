"""Qwik: an adapter says what the build writes, and a fresh project has none."""

import re

from thakur.builds.detection.folder import Folder
from thakur.builds.detection.framework import Framework, needs, server_plan, static_plan
from thakur.builds.detection.manifest import Manifest
from thakur.builds.detection.scripts import started_file
from thakur.builds.interface import BuildFailed, Failure
from thakur.builds.plan import Plan

_BUILD = ("qwik", "build")
_STATIC = re.compile(r"\badapters/static\b")
_NO_ADAPTER = Failure(
    code="adapter_missing",
    what="This Qwik project has no adapter, so its build writes pages for the browser and no server that renders them.",
    why="package.json has neither a serve script nor a build.server script with adapters/static; `qwik add` writes them.",
    next="Run `bun run qwik add bun` in the project, or `bun run qwik add static` for files alone, then deploy again.",
)


def _qwik(folder: Folder) -> Plan:
    script = folder.script("serve")
    if folder.is_started:
        return server_plan(folder, folder.start_command(), command=_BUILD)
    if script:
        file = started_file(Manifest(scripts={"start": script}))
        return server_plan(folder, ("bun", file) if file else ("bun", "--bun", "run", "serve"), command=_BUILD)
    if _STATIC.search(folder.script("build.server")):
        return static_plan(folder, "dist", _BUILD)
    raise BuildFailed(_NO_ADAPTER)


QWIK = (
    Framework(
        name="Qwik",
        sign="`@builder.io/qwik-city` or `@qwik.dev/router`, with an adapter",
        result="its `start` script for visitors, else its `serve` script; with the static adapter files of `dist`",
        matches=needs("@builder.io/qwik-city", "@qwik.dev/router"),
        plan=_qwik,
    ),
)
