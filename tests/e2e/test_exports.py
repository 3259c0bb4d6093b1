"""Entry files that export their application and do not listen, as one writes them for a host of functions."""

import json
from pathlib import Path

import pytest

from e2e.conftest import Figures
from support.server import Server

EXPORTS = {
    "express": ("index.ts", {"express": "5"}, ("import express from 'express';\nconst app = express();\n"
                "app.get('/', (_, response) => response.send('exported'));\nexport default app;\n")),
    "express-cjs": ("index.js", {"express": "5"}, ("const app = require('express')();\n"
                    "app.get('/', (_, response) => response.send('exported'));\nmodule.exports = { app };\n")),
    "koa": ("index.ts", {"koa": "3"}, ("import Koa from 'koa';\nconst app = new Koa();\n"
            "app.use((context) => { context.body = 'exported'; });\nexport default app;\n")),
    "fastify": ("index.ts", {"fastify": "5"}, ("import Fastify from 'fastify';\nconst app = Fastify();\n"
                "app.get('/', async () => 'exported');\nexport default app;\n")),
    "elysia": ("index.ts", {"elysia": "1"}, ("import { Elysia } from 'elysia';\n"
               "export default new Elysia().get('/', () => 'exported');\n")),
    "hono": ("index.ts", {"hono": "4"}, ("import { Hono } from 'hono';\nconst app = new Hono();\n"
             "app.get('/', (context) => context.text('exported'));\nexport default app;\n")),
    "h3": ("index.ts", {"h3": "1"}, ("import { createApp, defineEventHandler } from 'h3';\nconst app = createApp();\n"
           "app.use('/', defineEventHandler(() => 'exported'));\nexport default app;\n")),
    "handler": ("index.ts", {}, "export default (request, response) => response.end('exported');\n"),
}  # fmt: skip


@pytest.mark.parametrize("name", EXPORTS)
def test_an_exported_application_is_served(server: Server, tmp_path: Path, figures: Figures, name: str) -> None:
    entry, dependencies, text = EXPORTS[name]
    folder = tmp_path / "app"
    folder.mkdir()
    (folder / entry).write_text(text)
    manifest = {"name": name, "main": entry, "dependencies": dependencies}
    (folder / "package.json").write_text(json.dumps(manifest))

    first = server.deploy(folder, f"exports-{name}")
    second = server.run("deploy", str(folder), "--project", f"exports-{name}", "--fresh", "--json").json()

    assert (first["status"], second["status"]) == ("active", "active")
    assert "exported" in server.get(f"exports-{name}").text
    figures.add(f"exports, {name}: {first['seconds']} s found out, {second['seconds']} s known")
