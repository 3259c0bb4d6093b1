"""The stand-in for GitHub as tests use it: an App with a repository, pushes by the real git, a receiver of webhooks."""

import asyncio
import os
import secrets
import subprocess
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from aiohttp import web

from support.git_server import GIT_ENV
from support.github_documents import Judge
from thakur.fakegithub import FakeApp, FakeGitHub, FakeInstallation, FakeRepository
from thakur.fakegithub.apps.registering import CODE_LIFE
from thakur.github import App, AppKey, Installed, Rest, Site, site_of


@dataclass
class House:
    """An App that is installed on one repository, and the client that asks as it."""

    github: FakeGitHub
    fake_app: FakeApp
    shop: FakeRepository
    installation: FakeInstallation
    app: App

    @property
    def installed(self) -> Installed:
        return Installed(self.app, self.installation.id)

    @property
    def asked(self) -> list[str]:
        return self.github.faults.asked


def site(github: FakeGitHub) -> Site:
    found = site_of(github.url)
    assert isinstance(found, Site)
    return found


def manifest_code(github: FakeGitHub, app: FakeApp) -> str:
    """What the browser of whoever had just made the App would be led back with."""
    code = secrets.token_hex(20)
    github.registering._codes[code] = (app, datetime.now(UTC) + CODE_LIFE)
    return code


@asynccontextmanager
async def github_house(directory: Path, hook_url: str = ""):
    """Serve the stand-in with an App that is installed on ada/shop; there is ada/other too."""
    judge = Judge()
    async with FakeGitHub(directory) as github:
        github.gate.watch, github.hooks.watch = judge.answer, judge.event
        fake_app = github.add_app("thakur", hook_url)
        shop = await github.add_repository("ada/shop")
        await github.add_repository("ada/other")
        installation = github.install(fake_app, "ada", shop)
        key = AppKey(site=site(github), app_id=fake_app.id, private_key=fake_app.private_key)
        rest = Rest(key.site.api_url, write_gap_seconds=0)
        try:
            yield House(github, fake_app, shop, installation, App(key, rest))
        finally:
            await rest.close()
    assert not judge.problems, "\n".join(judge.problems)


@asynccontextmanager
async def receiver():
    """Yields an address and what is delivered to it."""
    got: list[tuple[dict[str, str], bytes]] = []

    async def take(request: web.Request) -> web.Response:
        got.append((dict(request.headers), await request.read()))
        return web.Response(status=202)

    app = web.Application()
    app.add_routes([web.post("/webhooks/github", take)])
    runner = web.AppRunner(app)
    await runner.setup()
    listener = web.TCPSite(runner, "127.0.0.1", 0)
    await listener.start()
    try:
        port = runner.addresses[0][1]
        yield f"http://127.0.0.1:{port}/webhooks/github", got
    finally:
        await runner.cleanup()


class Clone:
    """A work tree whose owner pushes by the real git."""

    def __init__(self, directory: Path, url: str) -> None:
        self.directory = directory
        directory.mkdir(parents=True)
        self.git("init", "-q", "--initial-branch=main")
        self.git("remote", "add", "origin", url)

    def git(self, *words: str) -> str:
        env = {"PATH": os.environ["PATH"], "HOME": "/nonexistent"} | GIT_ENV
        ran = subprocess.run(["git", *words], cwd=self.directory, env=env, capture_output=True, check=False)
        assert ran.returncode == 0, ran.stderr.decode()
        return ran.stdout.decode().strip()

    def commit(self, files: dict[str, Any], message: str = "A commit") -> str:
        for name, content in files.items():
            path = self.directory / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content if isinstance(content, bytes) else content.encode())
        self.git("add", "-A")
        self.git("commit", "-q", "--allow-empty", "-m", message)
        return self.git("rev-parse", "HEAD")

    async def push(self, *refs: str) -> None:
        """Away from the loop, which serves."""
        await asyncio.to_thread(self.git, "push", "-q", "origin", *(refs or ("HEAD",)))
