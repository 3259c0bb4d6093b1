"""Next.js: a traced server by default; a static export and a server of one's own by their signs."""

import posixpath
import re

import msgspec

from thakur.builds.detection.folder import Folder
from thakur.builds.detection.framework import Framework, server_plan, static_plan
from thakur.builds.detection.outputs import inside, setting
from thakur.builds.detection.tree import Tree
from thakur.builds.plan import Copy, Plan

_BUILD = ("next", "build")
_ENV = {"NEXT_TELEMETRY_DISABLED": "1"}
_STANDALONE = {**_ENV, "NEXT_PRIVATE_STANDALONE": "1"}
_NEXT_START = re.compile(r"(?:^|\s)next\s{1,40}start\b")
_PAGES = ("app", "pages", "src/app", "src/pages")
# Where its own and others' packages lie, server.js is another's.
_SERVER = re.compile(r"(?:(?P<below>(?:(?!node_modules/).)+)/)?server\.js")


def _is_next(folder: Folder) -> bool:
    is_built = folder.has_config("next") or "next" in folder.script("build").split()
    return folder.needs("next") and (is_built or any(folder.tree.holds(pages) for pages in _PAGES))


def _is_export(folder: Folder) -> bool:
    is_told = setting(folder.config("next"), "output") == "export" or "next export" in folder.script("build")
    return _is_next(folder) and is_told and not _is_custom(folder)


def _is_custom(folder: Folder) -> bool:
    is_own = folder.is_started and not _NEXT_START.search(folder.script("start"))
    return _is_next(folder) and (is_own or folder.is_told_start)


def _export(folder: Folder) -> Plan:
    configured = setting(folder.config("next"), "distDir") if "next export" not in folder.script("build") else ""
    output = inside("Next.js", configured or "out")
    return static_plan(folder, output, _BUILD, env=_ENV)


def _custom(folder: Folder) -> Plan:
    plan = server_plan(folder, folder.start_command("bun", "--bun", "run", "next", "start"), command=_BUILD)
    return msgspec.structs.replace(plan, build_env=_ENV)


def _standalone(folder: Folder) -> Plan:
    build = inside("Next.js", setting(folder.config("next"), "distDir") or ".next")
    plan = server_plan(folder, ("bun", "server.js"), command=_BUILD, output=f"{build}/standalone")
    copies = [Copy(f"{build}/static", f"{build}/standalone/{build}/static")]
    if folder.tree.holds("public"):
        copies.append(Copy("public", f"{build}/standalone/public"))
    return msgspec.structs.replace(plan, build_env=_STANDALONE, copies=tuple(copies))


def _settle(plan: Plan, built: Tree) -> Plan:
    below = built.below(plan.output)
    found = min((match for path in below.paths if (match := _SERVER.fullmatch(path))), key=_depth, default=None)
    if found is None:
        # A version that traces nothing: all of it is kept, and Next starts itself.
        start = ("bun", "--bun", "run", "next", "start")
        return msgspec.structs.replace(plan, output=".", copies=(), start=start)
    place = found["below"] or "."
    moved = tuple(
        msgspec.structs.replace(
            copy,
            target=posixpath.normpath(posixpath.join(plan.output, place, posixpath.relpath(copy.target, plan.output))),
        )
        for copy in plan.copies
    )
    return msgspec.structs.replace(plan, copies=moved, start_in=place)


def _depth(found: re.Match[str]) -> tuple[int, str]:
    return found[0].count("/"), found[0]


NEXT = (
    Framework(
        name="Next.js (static export)",
        sign="`next` with `output: 'export'` in its configuration",
        result="files of `out`, or of `distDir`",
        matches=_is_export,
        plan=_export,
    ),
    Framework(
        name="Next.js (custom server)",
        sign="`next` with a `start` script that is not `next start`",
        result="that script, with all packages",
        matches=_is_custom,
        plan=_custom,
    ),
    Framework(
        name="Next.js",
        sign="`next` with a configuration, a build script or pages",
        result="`server.js` of the standalone output, with `public` and `.next/static`; no packages besides",
        matches=_is_next,
        plan=_standalone,
        settle=_settle,
    ),
)
