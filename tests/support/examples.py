"""What a newcomer deploys: a page of create-vite, and the first example in the documentation of each server library."""

import json
import shutil
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

from support.floors import bun

GENERATE_SECONDS = 120

HONO = """\
import { Hono } from 'hono'

const app = new Hono()

app.get('/', (c) => c.text('Hello Hono!'))

export default app
"""
EXPRESS = """\
const express = require('express')
const app = express()
const port = 3000

app.get('/', (req, res) => {
  res.send('Hello World!')
})

app.listen(port, () => {
  console.log(`Example app listening on port ${port}`)
})
"""
ELYSIA = """\
import { Elysia } from 'elysia'

const app = new Elysia().get('/', () => 'Hello Elysia').listen(3000)

console.log(`Elysia is running at ${app.server?.hostname}:${app.server?.port}`)
"""
FASTIFY = """\
import Fastify from 'fastify'

const fastify = Fastify({ logger: true })

fastify.get('/', function (request, reply) {
  reply.send({ hello: 'world' })
})

fastify.listen({ port: 3000 }, function (err, address) {
  if (err) {
    fastify.log.error(err)
    process.exit(1)
  }
})
"""


@dataclass(frozen=True)
class Example:
    """One application: `word` stands in its front page; `fixed` is the piece of its text that fixes the port."""

    name: str
    framework: str
    word: str
    entry: str = ""
    text: str = ""
    manifest: dict[str, object] = field(default_factory=dict)
    fixed: str = ""

    def write(self, folder: Path) -> Path:
        """Put the files there, word for word as the documentation has them."""
        folder.mkdir(parents=True)
        file = folder / self.entry
        file.parent.mkdir(exist_ok=True)
        file.write_text(self.text)
        (folder / "package.json").write_text(json.dumps({"name": "app", **self.manifest}, indent=2))
        return folder

    def write_for_port(self, folder: Path) -> Path:
        """The same but for one word: it listens on PORT."""
        self.write(folder)
        if self.fixed:
            free = self.fixed.replace("3000", "process.env.PORT")
            assert self.text.count(self.fixed) == 1
            (folder / self.entry).write_text(self.text.replace(self.fixed, free))
        return folder


SERVERS = (
    Example(
        name="hono",
        framework="Hono",
        word="Hello Hono!",
        entry="src/index.ts",
        text=HONO,
        manifest={
            "scripts": {"dev": "bun run --hot src/index.ts"},
            "dependencies": {"hono": "^4"},
            "devDependencies": {"@types/bun": "latest"},
        },
    ),
    Example(
        name="express",
        framework="Express",
        word="Hello World!",
        entry="app.js",
        text=EXPRESS,
        manifest={"main": "app.js", "dependencies": {"express": "^5"}},
        fixed="port = 3000",
    ),
    Example(
        name="elysia",
        framework="Elysia",
        word="Hello Elysia",
        entry="src/index.ts",
        text=ELYSIA,
        manifest={
            "scripts": {"dev": "bun run --watch src/index.ts"},
            "dependencies": {"elysia": "latest"},
            "devDependencies": {"@types/bun": "latest"},
        },
        fixed="listen(3000)",
    ),
    Example(
        name="fastify",
        framework="Fastify",
        word='"hello":"world"',
        entry="server.js",
        text=FASTIFY,
        manifest={"main": "server.js", "type": "module", "dependencies": {"fastify": "^5"}},
        fixed="port: 3000",
    ),
)


class ViteReact(Example):
    """What `npm create vite@latest app -- --template react-ts` writes, made by that very package."""

    def write(self, folder: Path) -> Path:
        folder.parent.mkdir(parents=True, exist_ok=True)
        made = folder.parent / "generated"
        if not made.exists():
            command = [bun(), "x", "create-vite@latest", made.name, "--template", "react-ts", "--no-interactive"]
            subprocess.run(command, cwd=folder.parent, check=True, capture_output=True, timeout=GENERATE_SECONDS)
        return Path(shutil.copytree(made, folder))


VITE = ViteReact(name="vite", framework="Vite", word='<div id="root">')
