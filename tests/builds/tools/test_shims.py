"""The shims, run for real beside a bun that says what it was asked."""

import json
import subprocess
from pathlib import Path

import pytest

from thakur.builds.tools.shims import make_shims

RECORDER = """#!/bin/sh
printf '%s\\n' "$PWD" "${0##*/}" "$@"
"""
HOISTED = "bun install --linker hoisted"
EVERYWHERE = "bun run --filter * build"


class Desk:
    """A workspace with the packages @x/web in apps/web and ui in packages/ui, and the shims."""

    def __init__(self, directory: Path) -> None:
        self.root = directory / "app"
        for path, manifest in {
            ".": {"name": "all", "workspaces": ["apps/*", "packages/*"]},
            "apps/web": {"name": "@x/web"},
            "packages/ui": {"name": "ui", "author": {"name": "someone"}},
            "node_modules/ui": {"name": "ui"},
        }.items():
            (self.root / path).mkdir(parents=True)
            (self.root / path / "package.json").write_text(json.dumps(manifest, indent=2))
        bun = directory / "bun"
        bun.write_text(RECORDER)
        bun.chmod(0o755)
        self.shims = directory / "shims"
        make_shims(self.shims, str(bun))

    def run(self, command: str, directory: str = ".", **env: str) -> "subprocess.CompletedProcess[str]":
        path = f"{self.shims}:/usr/bin:/bin"
        here = self.root / directory
        return subprocess.run(
            ["sh", "-c", command], check=False, cwd=here, env={"PATH": path, **env}, capture_output=True, text=True
        )

    def asked(self, command: str, directory: str = ".") -> str:
        """What bun was told, with the directory in front if it is not the root."""
        where, *words = self.run(command, directory).stdout.splitlines()
        inside = Path(where).relative_to(self.root)
        return " ".join(words) if inside == Path() else f"{inside}: {' '.join(words)}"


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    return Desk(tmp_path_factory.mktemp("desk"))


TRANSLATIONS = {
    "npm ci": HOISTED,
    "npm install --no-audit --legacy-peer-deps": HOISTED,
    "npm install --prefix packages/ui": f"packages/ui: {HOISTED}",
    "npm i -D vite@5": "bun add --dev vite@5",
    "npm run build": "bun run build",
    "npm run build --silent -- --mode 'a b'": "bun run build --mode a b",
    "npm --prefix packages/ui run build": "packages/ui: bun run build",
    "npm run build --workspace=@x/web": "apps/web: bun run build",
    "npm run build -w apps/web": "apps/web: bun run build",
    "npm run build --workspaces --if-present": "bun run --if-present --filter * build",
    "npm test -- --ci": "bun run test --ci",
    "npm exec -- tsc --noEmit": "bun x tsc --noEmit",
    "npm exec tsc --noEmit": "bun x tsc --noEmit",
    "npx --yes -p typescript tsc -v": "bun x --package typescript tsc -v",
    "npx nx build -- --x": "bun x nx build -- --x",
    "npm uninstall left-pad": "bun remove left-pad",
    "yarn": HOISTED,
    "yarn install --frozen-lockfile": HOISTED,
    "yarn --cwd packages/ui": f"packages/ui: {HOISTED}",
    "yarnpkg build": "bun run build",
    "yarn build --mode x": "bun run build --mode x",
    "yarn run -T tsc -b": "bun run tsc -b",
    "yarn add -D vite": "bun add --dev vite",
    "yarn workspace @x/web build --x": "apps/web: bun run build --x",
    "yarn workspace ui add vite": "packages/ui: bun add vite",
    "yarn workspaces run build": EVERYWHERE,
    "yarn workspaces foreach -Apt --exclude ui run build": EVERYWHERE,
    "yarn dlx cowsay hi": "bun x cowsay hi",
    "pnpm i --frozen-lockfile": "bun install",
    "pnpm build --filter mine": "bun run build --filter mine",
    "pnpm run build": "bun run build",
    "pnpm -r build": EVERYWHERE,
    "pnpm run -r --if-present build": "bun run --if-present --filter * build",
    "pnpm --filter @x/web build": "apps/web: bun run build",
    "pnpm --filter=./packages/ui run build --x": "packages/ui: bun run build --x",
    "pnpm -F '{apps/web}' build": "apps/web: bun run build",
    "pnpm --filter 'ui...' build": EVERYWHERE,
    "pnpm --filter '@x/*' build": "bun run --filter @x/* build",
    "pnpm -C packages/ui build": "packages/ui: bun run build",
    "pnpm --filter ui add -D vite": "packages/ui: bun add --dev vite",
    "pnpm --filter ui exec bun --x": "packages/ui: bun --x",
    "pnpm dlx cowsay hi": "bun x cowsay hi",
    "pnpx cowsay hi": "bun x cowsay hi",
    "corepack pnpm build": "bun run build",
    "corepack yarn@4.5.0 build": "bun run build",
    "node build.js --print": "node build.js --print",
    "node --version": "node -p process.version",
    "node --print 1+1": "node -p 1+1",
    "THAKUR_RUNTIME=bun node -e 1": "node -e 1",
}


@pytest.mark.parametrize(("command", "told"), TRANSLATIONS.items(), ids=TRANSLATIONS)
def test_a_command_is_said_in_buns_words(desk: Desk, command: str, told: str) -> None:
    assert desk.asked(command) == told


def test_packages_are_found_from_inside_another_one(desk: Desk) -> None:
    assert desk.asked("yarn workspace @x/web build", "packages/ui") == "apps/web: bun run build"


@pytest.mark.parametrize(
    ("command", "version"),
    [
        ("npm --version", "11.6.0"),
        ("npx -v", "11.6.0"),
        ("yarn --version", "4.5.0"),
        ("pnpm -v", "10.20.0"),
        ("corepack --version", "0.34.0"),
    ],
)
def test_tools_that_ask_for_a_version_get_one(desk: Desk, command: str, version: str) -> None:
    assert desk.run(command, THAKUR_PACKAGE_MANAGER="yarn@4.5.0+sha512.abc").stdout.strip() == version


@pytest.mark.parametrize("command", ["corepack enable", "npm audit", "yarn set version berry", "pnpm prune"])
def test_what_bun_sees_to_by_itself_succeeds(desk: Desk, command: str) -> None:
    done = desk.run(command)

    assert (done.returncode, done.stdout) == (0, "")


@pytest.mark.parametrize("command", ["npm publish", "yarn workspaces list", "pnpm deploy out", "pnpm -r exec tsc"])
def test_what_cannot_be_translated_is_refused_with_its_name(desk: Desk, command: str) -> None:
    done = desk.run(command)

    assert done.returncode == 64
    assert "cannot be said in bun's words" in done.stderr


def test_a_package_that_is_not_there_is_named(desk: Desk) -> None:
    done = desk.run("yarn workspace shop build")

    assert (done.returncode, done.stderr) == (1, "No package of this workspace is named shop.\n")


def test_a_script_that_fails_in_one_package_fails(desk: Desk) -> None:
    assert desk.run("npm run build -w apps/web -w shop").returncode == 1
