"""React Router and Remix: a server, or files when server rendering is off."""

import re

import msgspec

from thakur.builds.detection.folder import Command, Folder
from thakur.builds.detection.framework import Framework, needs, server_plan, static_plan
from thakur.builds.detection.outputs import inside, setting
from thakur.builds.detection.tree import Tree
from thakur.builds.plan import Plan

_ROUTER = ("react-router", "build")
_REMIX = ("remix", "vite:build")
_SSR_OFF = re.compile(r"\bssr\s{0,40}:\s{0,40}false\b")
_PRESET_ENTRY = re.compile(r"build/server/nodejs_[^/]+/index\.js")


def _is_browser_only(folder: Folder) -> bool:
    is_router = folder.needs("@react-router/dev") and _SSR_OFF.search(folder.config("react-router"))
    is_remix = folder.needs("@remix-run/dev") and _SSR_OFF.search(folder.config("vite"))
    return bool(is_router or is_remix) and not folder.is_started


def _browser_only(folder: Folder) -> Plan:
    build = inside("React Router", setting(folder.config("react-router"), "buildDirectory") or "build")
    command = _ROUTER if folder.needs("@react-router/dev") else _REMIX
    return static_plan(folder, f"{build}/client", command, is_spa=True)


def _router(folder: Folder) -> Plan:
    build = inside("React Router", setting(folder.config("react-router"), "buildDirectory") or "build")
    return _served(folder, "react-router-serve", "@react-router/serve", build, _ROUTER)


def _remix(folder: Folder) -> Plan:
    command = _REMIX if folder.has_config("vite") else ("remix", "build")
    return _served(folder, "remix-serve", "@remix-run/serve", "build", command)


def _served(folder: Folder, program: str, package: str, build: str, command: Command) -> Plan:
    entry = f"./{build}/server/index.js" if command != ("remix", "build") else f"./{build}/index.js"
    served = ("bun", "--bun", "run", program, entry)
    plan = server_plan(folder, folder.start_command(*served), command=command)
    missing = plan.start == served and not folder.needs(package)
    return msgspec.structs.replace(plan, adds=(package,) if missing else ())


def _settle(plan: Plan, built: Tree) -> Plan:
    if built.has("build/server/index.js") or plan.start is None or "./build/server/index.js" not in plan.start:
        return plan
    entry = next((path for path in sorted(built.paths) if _PRESET_ENTRY.fullmatch(path)), None)
    if entry is not None:
        return msgspec.structs.replace(plan, start=(*plan.start[:-1], f"./{entry}"))
    if built.has("build/client/index.html"):
        return msgspec.structs.replace(plan, kind="static", output="build/client", start=None, is_spa=True)
    return plan


ROUTERS = (
    Framework(
        name="React Router (browser only)",
        sign="`@react-router/dev` or `@remix-run/dev` with `ssr: false`",
        result="files of `build/client`; one page answers every path",
        matches=_is_browser_only,
        plan=_browser_only,
    ),
    Framework(
        name="React Router",
        sign="`@react-router/dev`",
        result="its `start` script, else `react-router-serve ./build/server/index.js`",
        matches=needs("@react-router/dev"),
        plan=_router,
        settle=_settle,
    ),
    Framework(
        name="Remix",
        sign="`@remix-run/dev`",
        result="its `start` script, else `remix-serve ./build/server/index.js`",
        matches=needs("@remix-run/dev"),
        plan=_remix,
    ),
)
