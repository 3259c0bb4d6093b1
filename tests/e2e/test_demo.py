"""`make demo`: the whole story as it is told, by a browser and by the commands that it prints; and nothing is left."""

import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from urllib.parse import urlsplit

import pytest

from e2e.conftest import Figures
from support.browser import Page, browser
from support.remains import processes
from support.server import Server
from support.waiting import eventually, wait_until

ROOT = Path(__file__).parents[2]
DEMO = [sys.executable, "-m", "examples.demo"]
READY_SECONDS = 90
LIVE_SECONDS = 90
PUSHES = 10


class Demo:
    """One that runs; `told` is what it has printed."""

    def __init__(self, directory: Path) -> None:
        self._output = directory / "demo.log"
        self._env = {**os.environ, "TMPDIR": str(directory)}
        with self._output.open("wb") as output:
            self.process = subprocess.Popen(
                DEMO, cwd=ROOT, env=self._env, stdout=output, stderr=output, start_new_session=True
            )
        wait_until(lambda: "What becomes of each push" in self.told, READY_SECONDS)

    @property
    def told(self) -> str:
        return self._output.read_text()

    def find(self, pattern: str) -> str:
        found = re.search(pattern, self.told)
        assert found is not None, self.told
        return found[1]

    def commands(self, beginning: str) -> str:
        """The command that is printed from this word on, as somebody copies it."""
        lines = iter(self.told.splitlines())
        first = next(line.strip() for line in lines if line.strip().startswith(beginning))
        copied = [first, *iter(lambda: next(lines).strip(), "")]
        return "\n".join(copied)

    def paste(self, command: str) -> None:
        """Raises CalledProcessError when it fails."""
        subprocess.run(["bash", "-c", command], check=True, env=self._env, capture_output=True)

    def end(self, number: int) -> int:
        if self.process.poll() is None:
            self.process.send_signal(number)
        return self.process.wait(60)


async def says(page: Page, words: str) -> bool:
    """Whether the page has these words when it is loaded anew."""
    await page.open(await page.ask("location.href"))
    return words in await page.ask("document.body.textContent")


@pytest.fixture
def directory() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="thakur-e2e-demo-") as name:
        # The server's own users look for their files below it.
        Path(name).chmod(0o755)
        yield Path(name)


@pytest.mark.quick
def test_the_quick_one_deploys_a_folder_and_leaves_nothing(directory: Path) -> None:
    env = {**os.environ, "TMPDIR": str(directory), "HOME": str(directory)}
    done = subprocess.run([*DEMO, "--quick"], cwd=ROOT, env=env, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stderr
    assert re.search(r"^Live: http://hello\.localhost:\d+ \(GET / answered 200\)$", done.stdout, re.MULTILINE)
    assert list(directory.iterdir()) == []
    assert processes(directory) == {}


async def test_the_story_goes_as_it_is_told_and_leaves_nothing(directory: Path, figures: Figures) -> None:
    demo = Demo(directory)
    try:
        async with browser() as page:
            await page.open(demo.find(r"Dashboard +(\S+)"))
            await page.click("button.primary")
            await page.click("nav a", "GitHub")
            await page.click("a.btn", "Connect GitHub")
            await page.click("button", "Create the App")
            await page.until("document.body.textContent.includes('Simulated GitHub')")
            await page.click("button", "Create GitHub App")
            await page.click("button", "Install")
            await page.until("document.body.textContent.includes('The App is installed')")
            await page.click("a.btn", "New project")
            await page.click("a[aria-label='Choose demo/hello']")
            await page.until("document.querySelector('#plan form') !== null")
            await page.click("#plan button", "Create and deploy")
            await page.until("document.querySelector('#top .status b')?.textContent === 'active'", LIVE_SECONDS)
            assert page.faults == []
        url = await eventually(lambda: demo.find(r"live at (http://\S+)"), LIVE_SECONDS)
        demo.paste(demo.commands("export"))
        server = Server(directory, http=f"127.0.0.1:{urlsplit(url).port}")
        assert server.get("hello").text == "Hello from Hono on Thakur Deploy\n"

        seconds = []
        for _ in range(PUSHES):
            before = server.get("hello").text
            demo.paste(demo.commands("cd "))
            began = time.monotonic()
            await eventually(lambda before=before: server.get("hello").text != before, LIVE_SECONDS)
            seconds.append(time.monotonic() - began)
        assert server.get("hello").text.startswith("Hello again, it is ")
        await eventually(lambda: demo.told.count(" s after the push") == PUSHES)
        figures.add(
            f"demo: from git push returning to the new version answering, p50 of {PUSHES}: {median(seconds):.2f} s "
            f"({min(seconds):.2f} to {max(seconds):.2f} s)"
        )
        steps = re.findall(r"(\w+) ([\d.]+) s(?: ·|$)", demo.told, re.MULTILINE)
        names = dict.fromkeys(name for name, _ in steps)
        told = (f"{each} {median(float(took) for name, took in steps if name == each):.2f} s" for each in names)
        figures.add(f"demo: p50 of its steps: {' · '.join(told)}")

        async with browser() as page:
            await page.open(demo.find(r"without a terminal: (\S+)"))
            await page.fill("textarea[name=content]", "Hello from a page")
            await page.click("button", "Commit changes")
            await eventually(lambda: server.get("hello").text == "Hello from a page\n", LIVE_SECONDS)

            await page.click("a", "Switch")
            await page.click("button", "guest")
            await page.until("document.body.textContent.includes('Signed in as guest')")
            await page.open(demo.find(r"without a terminal: (\S+)"))
            await page.fill("textarea[name=content]", "Hello from a fork")
            await page.click("button", "Commit changes")
            await page.click("button", "Create pull request")
            await page.until("location.pathname.endsWith('/pull/1')")
            await eventually(lambda: says(page, "comes from a fork"), LIVE_SECONDS)
            assert page.faults == []
    finally:
        status = demo.end(signal.SIGTERM)

    assert status == 0, demo.told
    assert [path.name for path in directory.iterdir()] == ["demo.log"]
    assert processes(directory) == {}


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_one_that_is_ended_while_it_starts_leaves_nothing(directory: Path, number: int) -> None:
    env = {**os.environ, "TMPDIR": str(directory)}
    process = subprocess.Popen(DEMO, cwd=ROOT, env=env, stdout=subprocess.DEVNULL, start_new_session=True)
    wait_until(lambda: any(directory.glob("*/thakur.log")), READY_SECONDS)

    process.send_signal(number)

    assert process.wait(60) == 0
    assert list(directory.iterdir()) == []
    assert processes(directory) == {}
