"""What strangers write into commits stays words: on the pages a browser runs none of it, and on a terminal it moves nothing."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from support.browser import browser
from support.github import Clone
from support.server import Server
from support.simulated import Simulated, add_app
from support.waiting import wait_until

OWNS = "window.owned=1"
MESSAGE = f'<script>{OWNS}</script><img src=x onerror={OWNS}> javascript:{OWNS} \x1b[2J\x1b[31m \u202eexe.gnp " onmouseover="{OWNS}'
AUTHOR = f"<svg onload={OWNS}>\u2067"
BRANCH = "feat/<img-src=x-onerror=owned>"
FOREIGN = "main :is(script, img, svg[onload], [onerror], [onmouseover], a[href^='javascript:'])"


@pytest.fixture(scope="module")
def base() -> Iterator[Path]:
    base = Path(tempfile.mkdtemp(prefix="thakur-e2e-words-"))
    yield base
    shutil.rmtree(base, ignore_errors=True)


@pytest.fixture(scope="module")
def simulated(base: Path) -> Iterator[Simulated]:
    simulated = Simulated(base / "github")
    yield simulated
    simulated.stop()


@pytest.fixture(scope="module")
def server(base: Path, simulated: Simulated) -> Iterator[Server]:
    settings = {"THAKUR_GIT_SCHEMES": "https,http", "THAKUR_GIT_HOSTS": "public,127.0.0.1", "THAKUR_GITHUB_PULL": "no"}
    server = Server(base / "data", settings)
    server.start()
    try:
        add_app(server, simulated, simulated.call(simulated.github.add_app, "thakur"), base)
        yield server
    finally:
        server.stop()
        server.run("stop", check=False)


async def test_a_repository_is_chosen_and_its_words_stay_words(
    server: Server, simulated: Simulated, base: Path
) -> None:
    made = simulated.do(simulated.github.add_repository("ada/words"))
    simulated.call(simulated.github.install, next(iter(simulated.github.state.apps.values())), "ada", made)
    clone = Clone(base / "work", simulated.github.push_url(made))
    clone.git("checkout", "-q", "-b", BRANCH)
    clone.git("config", "user.name", AUTHOR)
    clone.commit({"index.html": "live"}, MESSAGE)
    clone.git("push", "-q", "origin", "HEAD", "HEAD:main")
    home = f"http://{server.address}"

    async with browser() as page:
        await page.open(server.run("login-link").out.strip().splitlines()[-1].strip())
        await page.click("button.primary")
        await page.until("location.pathname === '/projects' && document.readyState === 'complete'")
        await page.open(f"{home}/projects/new")
        await page.click("#repositories a", "Choose")
        await page.until("document.querySelector('#plan form') !== null")
        await page.fill("#ref", BRANCH)
        await page.click("#plan button", "Plan again")
        await page.until("location.pathname === '/projects/new/github/plan' && document.readyState === 'complete'")
        assert await page.ask(f"document.querySelectorAll(`{FOREIGN}`).length") == 0
        await page.click("#plan button", "Create and deploy")
        await page.until("location.pathname === '/projects/words/deployments/1'")
        wait_until(lambda: server.builds("words")[0]["status"] == "succeeded", 90)

        for path in ("/projects", "/projects/words", "/projects/words/deployments", "/projects/words/deployments/1"):
            await page.open(f"{home}{path}")
            await page.until(f"document.body.textContent.includes({OWNS!r})")
            assert await page.ask(f"document.querySelectorAll(`{FOREIGN}`).length") == 0, path
        await page.open(f"{home}/projects/words/deployments?branch=%3Cscript%3E{OWNS}%3C/script%3E")

        assert await page.ask("window.owned === undefined") is True
        # A page's policy would have refused what was tried, and that is told too.
        assert page.faults == []
    assert "\x1b" not in server.run("builds", "--project", "words").out
