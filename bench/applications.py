"""The applications of the table: what their frameworks' own generators make, and what their documentation begins with."""

import os
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from bench.written import WRITTEN
from support.documented import DOCUMENTED
from support.examples import SERVERS
from support.floors import bun

GENERATE_SECONDS = 180
FONTS = Path(__file__).with_name("fonts.cjs")


class Application(Protocol):
    """`word` stands in its front page. One that is `edited` differs from its origin by the port that it listens on."""

    @property
    def name(self) -> str: ...

    @property
    def origin(self) -> str: ...

    @property
    def word(self) -> str: ...

    @property
    def env(self) -> Mapping[str, str]: ...

    def write(self, folder: Path) -> None:
        """Put it there; what the generator writes is left as it is."""


@dataclass(frozen=True)
class Generated:
    """Made by a generator from npm, which puts it into a folder named like the application."""

    name: str
    word: str
    command: tuple[str, ...]
    env: Mapping[str, str] = field(default_factory=dict)
    # Some ask for a newer node than the host may have, and run under bun.
    is_on_bun: bool = False
    needs_fonts: bool = False

    @property
    def origin(self) -> str:
        return next(word for word in self.command if not word.startswith("-")).removesuffix("@latest")

    def write(self, folder: Path) -> None:
        under = folder.parent / "made"
        under.mkdir(parents=True)
        command = [bun(), "x", *(("--bun",) if self.is_on_bun else ()), *self.command]
        done = subprocess.run(
            command,
            cwd=under,
            check=False,
            capture_output=True,
            text=True,
            timeout=GENERATE_SECONDS,
            stdin=subprocess.DEVNULL,
        )
        made = under / self.name
        if not (made / "package.json").is_file():
            last = [line for line in (done.stdout + done.stderr).splitlines() if line.strip()][-1:]
            raise GenerationFailed(f"the generator made nothing: {' '.join(last)[:160]}")
        shutil.rmtree(made / "node_modules", ignore_errors=True)
        shutil.rmtree(made / ".git", ignore_errors=True)
        made.rename(folder)
        if self.needs_fonts:
            shutil.copy(FONTS, folder)


class GenerationFailed(Exception):
    """There is nothing to deploy."""


@dataclass(frozen=True)
class Written:
    """Written to the documentation of its framework."""

    name: str
    word: str
    files: Mapping[str, str]
    env: Mapping[str, str] = field(default_factory=dict)
    origin: str = "its documentation"

    def write(self, folder: Path) -> None:
        for path, text in self.files.items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_text(text)


@dataclass(frozen=True)
class Tested:
    """One of those that the end-to-end tests deploy."""

    name: str
    word: str
    make: object
    env: Mapping[str, str] = field(default_factory=dict)
    origin: str = "its documentation"

    def write(self, folder: Path) -> None:
        self.make.write(folder)  # type: ignore[attr-defined]


def _vite(template: str, word: str) -> Generated:
    name = f"vite-{template.removesuffix('-ts')}"
    return Generated(name, word, ("create-vite@latest", name, "--template", template, "--no-interactive"))


_NEXT = ("--ts", "--app", "--no-tailwind", "--no-eslint", "--use-bun", "--disable-git", "--skip-install", "--yes")
# Google's fonts are fetched in the build; what stands in for them keeps the table free of the network's moods.
_MOCKED = {"NEXT_FONT_GOOGLE_MOCKED_RESPONSES": f"/app/{FONTS.name}"}

GENERATED = (
    Generated("next", "To get started", ("create-next-app@latest", "next", *_NEXT), env=_MOCKED, needs_fonts=True),
    _vite("react-ts", '<div id="root">'),
    _vite("vue", '<div id="app">'),
    _vite("svelte", '<div id="app">'),
    _vite("preact-ts", '<div id="app">'),
    _vite("solid-ts", '<div id="root">'),
    Generated(
        "sveltekit",
        "Welcome to SvelteKit",
        ("sv@latest", "create", "sveltekit", "--template", "minimal", "--types", "ts", "--no-add-ons", "--no-install"),
    ),
    Generated(
        "nest",
        "Hello World!",
        ("@nestjs/cli@latest", "new", "nest", "--skip-install", "--skip-git", "--package-manager", "npm"),
    ),
    Generated(
        "tanstack-start", "TanStack", ("@tanstack/create-start@latest", "tanstack-start", "--no-install", "--no-git")
    ),
    Generated("vue", '<div id="app">', ("create-vue@latest", "vue", "--ts")),
    Generated(
        "docusaurus",
        "Dinosaurs are cool",
        ("create-docusaurus@latest", "docusaurus", "classic", "--skip-install", "--javascript"),
    ),
    Generated("qwik", "Qwik", ("create-qwik@latest", "empty", "qwik")),
    Generated("fastify-cli", '"root":true', ("fastify-cli@latest", "generate", "fastify-cli")),
    Generated(
        "angular",
        "<app-root",
        ("@angular/cli@latest", "new", "angular", "--skip-install", "--skip-git", "--defaults"),
        is_on_bun=True,
    ),
    Generated("express-generator", "Welcome to Express", ("express-generator@latest", "express-generator")),
    Generated("koa-generator", "Koa!", ("koa-generator@latest", "koa-generator")),
)

APPLICATIONS: tuple[Application, ...] = (
    *GENERATED,
    *(Tested(one.name, one.word, one) for one in DOCUMENTED if one.name != "workspace"),
    *(Tested(one.name, one.word, one) for one in SERVERS),
    *(Written(name, word, files) for name, word, files in WRITTEN),
)


def environment(application: Application, folder: Path) -> dict[str, str]:
    """Its variables for a build outside of a sandbox, where /app is the folder itself."""
    return {name: value.replace("/app", os.fspath(folder), 1) for name, value in application.env.items()}
