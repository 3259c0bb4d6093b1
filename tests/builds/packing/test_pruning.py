"""Which packages an artifact is packed without."""

import json
from pathlib import Path
from typing import Any

import pytest

from thakur.builds import Plan
from thakur.builds.packing.pruning import prune

PLAN = Plan(framework="Hono", kind="server", install=("bun", "install"), start=("bun", "run", "start"))


def package(place: Path, name: str, **fields: Any) -> None:
    directory = place / "node_modules" / name
    directory.mkdir(parents=True, exist_ok=True)
    (directory / "package.json").write_text(json.dumps({"name": name, **fields}))
    (directory / "index.js").write_text("")


def application(root: Path, **fields: Any) -> Path:
    """Needs hono to run; is developed with vite, which needs esbuild."""
    manifest = {
        "dependencies": {"hono": "4"},
        "devDependencies": {"vite": "7"},
        "scripts": {"start": "bun src/index.ts"},
    }
    root.mkdir(exist_ok=True)
    (root / "package.json").write_text(json.dumps(manifest | fields))
    package(root, "hono", dependencies={"@hono/base": "1"})
    package(root, "@hono/base")
    package(root, "vite", bin={"vite": "bin.js", "vite-node": "node.js"}, dependencies={"esbuild": "1"})
    package(root, "esbuild")
    return root


def installed(root: Path) -> set[str]:
    return {str(path.parent.relative_to(root / "node_modules")) for path in root.rglob("node_modules/**/package.json")}


def write(root: Path, path: str, text: str) -> None:
    (root / path).parent.mkdir(parents=True, exist_ok=True)
    (root / path).write_text(text)


def test_what_only_development_needs_goes_with_all_that_it_needs(tmp_path: Path) -> None:
    root = application(tmp_path)
    (root / "node_modules" / ".bin").mkdir()
    for name in ("vite", "hono"):
        (root / "node_modules" / ".bin" / name).symlink_to(f"../{name}/index.js")
    write(root, "node_modules/.prisma/client/index.js", "")

    assert prune(root, PLAN) == ("esbuild", "vite")

    assert installed(root) == {"hono", "@hono/base"}
    assert {path.name for path in (root / "node_modules" / ".bin").iterdir()} == {"hono"}
    assert (root / "node_modules" / ".prisma" / "client" / "index.js").exists(), "what was generated there stays"


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("src/index.ts", "import { createServer } from 'vite'"),
        ("server.cjs", 'const { build } = require("vite/node")'),
        ("dist/a.mjs", "await import(`vite`)"),
    ],
)
def test_what_the_code_names_stays(tmp_path: Path, path: str, text: str) -> None:
    root = application(tmp_path)
    write(root, path, text)

    assert prune(root, PLAN) == ()


@pytest.mark.parametrize(
    "text",
    [
        "import * as e from 'esbuild/lib'",
        'export{a}from"esbuild"',
        'import"esbuild";',
        "await import( `esbuild` )",
        "require.resolve('esbuild/x')",
        'var a=require("esbuild")',
    ],
)
def test_what_a_bundler_left_to_be_imported_stays_whoever_needed_it(tmp_path: Path, text: str) -> None:
    root = application(tmp_path)
    write(root, "dist/server.js", text)

    assert prune(root, PLAN) == ("vite",)


def test_a_word_in_the_code_is_no_import(tmp_path: Path) -> None:
    root = application(tmp_path)
    write(root, "dist/server.js", "const tools = ['esbuild', \"./esbuild\"]; import './esbuild'")

    assert prune(root, PLAN) == ("esbuild", "vite")


@pytest.mark.parametrize(
    "path", ["vite.config.ts", "src/index.test.ts", "tests/server.ts", "types/vite.d.ts", "README.md", "src/index.html"]
)
def test_what_only_tools_read_names_nothing(tmp_path: Path, path: str) -> None:
    root = application(tmp_path)
    write(root, path, "import 'vite'")

    assert prune(root, PLAN) == ("esbuild", "vite")


@pytest.mark.parametrize(
    ("start", "scripts"),
    [
        (("bun", "run", "start"), {"start": "vite-node src/index.ts"}),
        (("bun", "run", "start"), {"start": "bun run serve", "serve": "NODE_ENV=production vite preview"}),
        (("bun", "run", "start"), {"start": "bun src/index.ts", "prestart": "vite build"}),
        (("sh", "-c", "node -r vite/register src/index.js"), {}),
        (("node_modules/.bin/vite",), {}),
    ],
)
def test_what_the_start_runs_stays(tmp_path: Path, start: tuple[str, ...], scripts: dict[str, str]) -> None:
    root = application(tmp_path, scripts=scripts)

    assert prune(root, Plan(framework="x", kind="server", install=("bun", "install"), start=start)) == ()


@pytest.mark.parametrize("start", ["bun src/index.ts ./build/server.js", "bun src/index.ts --mode start:vite"])
def test_a_path_that_is_called_like_a_script_runs_none(tmp_path: Path, start: str) -> None:
    root = application(tmp_path, scripts={"start": start, "build": "vite build", "start:dev": "vite"})

    assert prune(root, PLAN) == ("esbuild", "vite")


def test_a_needed_package_finds_what_it_found_before(tmp_path: Path) -> None:
    root = application(tmp_path)
    # Of two versions the one lies inside, because development has the other outside.
    package(root, "hono", dependencies={"ms": "2"})
    package(root / "node_modules" / "hono", "ms", version="2")
    package(root, "ms", version="3")
    package(root, "vite", dependencies={"ms": "3", "esbuild": "1"})

    assert prune(root, PLAN) == ("@hono/base", "esbuild", "ms", "vite")
    assert (root / "node_modules" / "hono" / "node_modules" / "ms").is_dir()


def test_peers_and_what_may_be_missing_stay_but_for_types(tmp_path: Path) -> None:
    meta = {"pg": {"optional": True}, "typescript": {"optional": True}}
    root = application(tmp_path, devDependencies={"vite": "7", "pg": "8", "typescript": "6", "fast": "1"})
    package(
        root,
        "hono",
        peerDependencies={"pg": "*", "typescript": "*", "esbuild": "*"},
        peerDependenciesMeta=meta,
        optionalDependencies={"fast": "1"},
    )
    for name in ("pg", "typescript", "fast"):
        package(root, name)

    prune(root, PLAN)

    assert installed(root) == {"hono", "pg", "esbuild", "fast"}


def test_packages_of_an_isolated_layout_go_from_the_store(tmp_path: Path) -> None:
    root = application(tmp_path)
    modules = root / "node_modules"
    for name in ("hono", "vite", "esbuild", "@hono/base"):
        home = modules / ".bun" / f"{name.replace('/', '+')}@1" / "node_modules" / name
        home.parent.mkdir(parents=True)
        (modules / name).rename(home)
    for name in ("hono", "vite"):
        (modules / name).symlink_to(f".bun/{name}@1/node_modules/{name}")
    for name, need in (("hono", "@hono/base"), ("vite", "esbuild")):
        link = modules / ".bun" / f"{name}@1" / "node_modules" / need
        link.parent.mkdir(exist_ok=True)
        link.symlink_to(modules / ".bun" / f"{need.replace('/', '+')}@1" / "node_modules" / need)

    prune(root, PLAN)

    assert {path.name for path in (modules / ".bun").iterdir()} == {"hono@1", "@hono+base@1"}
    assert not (modules / "vite").is_symlink()
    assert (modules / ".bun" / "hono@1" / "node_modules" / "@hono" / "base" / "package.json").is_file()


@pytest.mark.parametrize(
    ("fields", "plan"),
    [
        ({"workspaces": ["packages/*"]}, PLAN),
        ({"devDependencies": {}}, PLAN),
        ({}, Plan(framework="x", kind="static", install=("bun", "install"))),
        ({}, Plan(framework="x", kind="server", install=("bun", "install"), output="dist")),
        ({}, Plan(framework="x", kind="server", install=("bun", "install"), root="apps/api")),
        ({}, Plan(framework="x", kind="server", start=("bun", "index.ts"))),
    ],
    ids=["workspace", "no development", "files", "another output", "below a workspace", "nothing installed"],
)
def test_nothing_goes_where_it_cannot_be_told(tmp_path: Path, fields: dict[str, Any], plan: Plan) -> None:
    assert prune(application(tmp_path, **fields), plan) == ()
    assert "vite" in installed(tmp_path)


def test_links_that_lead_out_are_not_followed(tmp_path: Path) -> None:
    root, outside = application(tmp_path / "root"), tmp_path / "outside"
    package(outside, "vite")
    package(outside, "hono")
    (root / "node_modules" / "linked").symlink_to(outside / "node_modules" / "hono")
    (root / "node_modules" / "@evil").symlink_to(outside / "node_modules")

    assert prune(root, PLAN) == ("@evil", "esbuild", "linked", "vite")
    assert installed(outside) == {"vite", "hono"}


def test_what_the_plan_adds_stays(tmp_path: Path) -> None:
    plan = Plan(framework="x", kind="server", install=("bun", "install"), start=("bun", "x.js"), adds=("vite@^7",))

    assert prune(application(tmp_path), plan) == ()
