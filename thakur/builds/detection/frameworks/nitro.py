"""What Nitro makes a server of: one directory that needs no packages."""

import re

import msgspec

from thakur.builds.detection.folder import Folder
from thakur.builds.detection.framework import Framework, MakePlan, needs, server_plan, static_plan
from thakur.builds.detection.tree import Tree
from thakur.builds.plan import Plan

_ENV = {"NITRO_PRESET": "bun"}
_NUXT = {"NUXT_TELEMETRY_DISABLED": "1"}
_ENTRY = "server/index.mjs"
_GENERATE = re.compile(r"\bnux[ti]\s{1,40}generate\b")
_TANSTACK = ("@tanstack/react-start", "@tanstack/solid-start", "@tanstack/start")
_SRVX = ("bun", "--bun", "run", "srvx", "--prod", "-s", "../client", "dist/server/server.js")


def _traced(*command: str, env: dict[str, str] | None = None) -> MakePlan:
    def plan(folder: Folder) -> Plan:
        if folder.is_told_start:
            made = server_plan(folder, ("bun", f".output/{_ENTRY}"), command=command)
        else:
            made = server_plan(folder, ("bun", _ENTRY), command=command, output=".output")
        return msgspec.structs.replace(made, build_env=_ENV | (env or {}))

    return plan


def _generated(folder: Folder) -> Plan:
    return static_plan(folder, ".output/public", ("nuxt", "generate"), env=_NUXT)


def _tanstack(folder: Folder) -> Plan:
    if folder.needs("nitro", "nitropack", "vinxi", "@tanstack/nitro-v2-vite-plugin"):
        return _traced("vite", "build")(folder)
    plan = server_plan(folder, folder.start_command(*_SRVX), command=("vite", "build"))
    missing = ("srvx",) if plan.start == _SRVX and not folder.needs("srvx") else ()
    return msgspec.structs.replace(plan, build_env=_ENV, adds=missing)


def _settle(plan: Plan, built: Tree) -> Plan:
    if built.has(f".output/{_ENTRY}"):
        return msgspec.structs.replace(plan, output=".output", start=("bun", _ENTRY))
    if built.has(".output/public/index.html"):
        return msgspec.structs.replace(plan, kind="static", output=".output/public", start=None)
    if plan.output == ".output" and built.has("dist/server/server.js"):
        return msgspec.structs.replace(plan, output=".", start=_SRVX)
    return plan


def _is_generated(folder: Folder) -> bool:
    return folder.needs("nuxt", "nuxt3") and bool(_GENERATE.search(folder.script("build")))


def _is_nitro(folder: Folder) -> bool:
    return folder.needs("nitropack", "nitro") and not folder.is_started


NITRO = (
    Framework(
        name="Nuxt (generated)",
        sign="`nuxt` with `nuxt generate` as its build script",
        result="files of `.output/public`",
        matches=_is_generated,
        plan=_generated,
    ),
    Framework(
        name="Nuxt",
        sign="`nuxt`",
        result="`.output/server/index.mjs`, without packages",
        matches=needs("nuxt", "nuxt3"),
        plan=_traced("nuxt", "build", env=_NUXT),
        settle=_settle,
    ),
    Framework(
        name="TanStack Start",
        sign="`@tanstack/react-start` or `@tanstack/solid-start`",
        result="`.output/server/index.mjs` with Nitro; else its `start` script, or srvx over `dist`",
        matches=needs(*_TANSTACK),
        plan=_tanstack,
        settle=_settle,
    ),
    Framework(
        name="SolidStart",
        sign="`@solidjs/start`",
        result="`.output/server/index.mjs`, without packages",
        matches=needs("@solidjs/start", "solid-start"),
        plan=_traced("vinxi", "build", env={"SERVER_PRESET": "bun"}),
        settle=_settle,
    ),
    Framework(
        name="Nitro",
        sign="`nitro` or `nitropack`, without a `start` script of its own",
        result="`.output/server/index.mjs`, without packages",
        matches=_is_nitro,
        plan=_traced("nitro", "build"),
        settle=_settle,
    ),
)
