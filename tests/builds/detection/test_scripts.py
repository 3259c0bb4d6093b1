"""Start scripts: which ones serve visitors, and which file they run."""

import pytest

from thakur.builds.detection.manifest import Manifest
from thakur.builds.detection.scripts import start_script, started_file


@pytest.mark.parametrize(
    "script",
    [
        "vite",
        "vite --port 3000",
        "vite preview",
        "next dev",
        "ng serve",
        "react-scripts start",
        "cross-env PORT=3000 react-scripts start",
        "nodemon server.js",
        "npx serve -s dist",
        "docusaurus start",
        "bun --watch src/index.ts",
        "bun run --hot src/index.ts",
        "tsx watch src/index.ts",
        "npm run build && vite preview",
        "npm run dev",
        "webpack serve --open",
        "node_modules/.bin/vite",
        "",
    ],
)
def test_tools_for_the_desk_serve_no_visitors(script: str) -> None:
    assert start_script(Manifest(scripts={"start": script, "dev": "vite"})) is None


@pytest.mark.parametrize(
    "script",
    [
        "node server.js",
        "bun src/index.ts",
        "next start",
        "fastify start -l info app.js",
        "NODE_ENV=production node dist/main",
        "react-router-serve ./build/server/index.js",
        "npm run serve:prod",
        "node 'unbalanced",
        "vite build && node server.js",
    ],
)
def test_servers_serve_visitors(script: str) -> None:
    assert start_script(Manifest(scripts={"start": script, "serve:prod": "node x.js"})) == script


def test_a_script_that_calls_itself_ends() -> None:
    assert start_script(Manifest(scripts={"start": "npm run start"})) == "npm run start"


@pytest.mark.parametrize(
    ("script", "file"),
    [
        ("node server.js", "server.js"),
        ("node ./dist/index.mjs", "dist/index.mjs"),
        ("bun run src/index.ts", "src/index.ts"),
        ("tsx src/index.ts", "src/index.ts"),
        ("NODE_ENV=production node server.js", "server.js"),
        ("node --require dotenv/config server.js", None),
        ("node bin/www", None),
        ("node a.js && node b.js", None),
        ("next start", None),
    ],
)
def test_a_start_that_only_runs_a_file_is_that_file(script: str, file: str | None) -> None:
    assert started_file(Manifest(scripts={"start": script})) == file


def test_a_start_with_a_script_before_it_is_more_than_its_file() -> None:
    assert started_file(Manifest(scripts={"start": "node server.js", "prestart": "node migrate.js"})) is None
