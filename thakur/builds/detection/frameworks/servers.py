"""Servers by the library that they are written with."""

import msgspec

from thakur.builds.detection.folder import Folder
from thakur.builds.detection.framework import Framework, Matches, server_plan
from thakur.builds.detection.manifest import Manifest
from thakur.builds.detection.scripts import started_file
from thakur.builds.detection.tree import Tree
from thakur.builds.plan import Plan

LIBRARIES = ("hono", "elysia", "h3", "fastify", "koa", "express")
_RESULT = "its `start` script, else its `main`, else `server`, `index`, `app` or `main`, also in `src`"


def served(folder: Folder) -> Plan:
    """The start script, or the entry."""
    return server_plan(folder, folder.start_command())


def _nest(folder: Folder) -> Plan:
    # Its `start` compiles anew at every start; `start:prod` is the server.
    script = folder.script("start:prod")
    file = started_file(Manifest(scripts={"start": script})) if script else "dist/main.js"
    start = ("bun", file) if file else ("bun", "--bun", "run", "start:prod")
    if script in ("node dist/main", "node dist/main.js"):
        start = ("bun", "dist/main.js")
    return server_plan(folder, start, command=("nest", "build"))


def _settle_nest(plan: Plan, built: Tree) -> Plan:
    # A tsconfig that also takes in files beside `src` moves everything one down.
    if plan.start == ("bun", "dist/main.js") and not built.has("dist/main.js") and built.has("dist/src/main.js"):
        return msgspec.structs.replace(plan, start=("bun", "dist/src/main.js"))
    return plan


def _is_served(*names: str) -> Matches:
    return lambda folder: folder.needs(*names) and (folder.is_started or folder.entry is not None)


def _library(name: str, package: str) -> Framework:
    return Framework(name=name, sign=f"`{package}`", result=_RESULT, matches=_is_served(package), plan=served)


SERVERS = (
    Framework(
        name="Nest",
        sign="`@nestjs/core`",
        result="`start:prod`, else `dist/main.js`",
        matches=lambda folder: folder.needs("@nestjs/core"),
        plan=_nest,
        settle=_settle_nest,
    ),
    _library("Hono", "hono"),
    _library("Elysia", "elysia"),
    _library("h3", "h3"),
    _library("Fastify", "fastify"),
    _library("Koa", "koa"),
    _library("Express", "express"),
)
