"""Chromium without a window, driven by its own protocol: pages are opened, asked and clicked as a person does."""

import itertools
import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from support.waiting import eventually

NAMES = ("chromium", "chromium-browser", "google-chrome")
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--remote-debugging-port=0",
)
WAIT_SECONDS = 30.0


class Page:
    """One tab. What its scripts throw, and what its policy refuses, is kept in `faults`."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self._socket = socket
        self._numbers = itertools.count(1)
        self.faults: list[str] = []

    async def send(self, method: str, **params: Any) -> dict[str, Any]:
        number = next(self._numbers)
        await self._socket.send_json({"id": number, "method": method, "params": params})
        while True:
            message = await self._socket.receive_json(timeout=WAIT_SECONDS)
            if message.get("id") == number:
                assert "error" not in message, message
                return dict(message["result"])
            self._note(message)

    async def open(self, url: str) -> None:
        """Go there and wait until the page has loaded."""
        await self.send("Page.navigate", url=url)
        await self.until(f"document.readyState === 'complete' && location.href.startsWith({json.dumps(url)})")

    async def ask(self, expression: str) -> Any:
        """What the expression is on the page; nothing while it goes from one page to the next."""
        answer = await self.send("Runtime.evaluate", expression=expression, returnByValue=True)
        return answer["result"].get("value")

    async def until(self, expression: str, within_seconds: float = WAIT_SECONDS) -> Any:
        """Wait for the expression to be true."""
        return await eventually(lambda: self.ask(expression), within_seconds)

    async def click(self, selector: str, words: str = "") -> None:
        """Click the first such element, of those that hold the words."""
        found = f"[...document.querySelectorAll({json.dumps(selector)})].find((one) => one.textContent.includes({json.dumps(words)}))"
        await self.until(f"{found} !== undefined")
        await self.ask(f"{found}.click()")

    async def fill(self, selector: str, text: str) -> None:
        await self.ask(f"document.querySelector({json.dumps(selector)}).value = {json.dumps(text)}")

    def _note(self, message: dict[str, Any]) -> None:
        params = message.get("params", {})
        if message.get("method") == "Runtime.exceptionThrown":
            self.faults.append(str(params["exceptionDetails"].get("exception", {}).get("description", params)))
        if message.get("method") == "Log.entryAdded" and params["entry"]["source"] == "security":
            self.faults.append(params["entry"]["text"])


def chromium() -> str:
    """The program; without it the test is skipped on a laptop, and fails in CI."""
    found = next((path for name in NAMES if (path := shutil.which(name))), None)
    if found is None:
        (pytest.fail if os.environ.get("CI") else pytest.skip)("Chromium is not installed")
    return str(found)


@asynccontextmanager
async def browser() -> AsyncIterator[Page]:
    """A browser of its own with one tab, and nothing of it left afterwards."""
    program = chromium()
    home = Path(tempfile.mkdtemp(prefix="thakur-browser-"))
    process = subprocess.Popen(
        [program, *FLAGS, f"--user-data-dir={home}", "about:blank"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        port_file = home / "DevToolsActivePort"
        await eventually(lambda: port_file.exists() and port_file.read_text().count("\n"), WAIT_SECONDS)
        port = port_file.read_text().splitlines()[0]
        async with aiohttp.ClientSession() as session:
            async with session.get(f"http://127.0.0.1:{port}/json") as answer:
                tab = next(one for one in await answer.json() if one["type"] == "page")
            async with session.ws_connect(tab["webSocketDebuggerUrl"], max_msg_size=0) as socket:
                page = Page(socket)
                for domain in ("Page", "Runtime", "Log"):
                    await page.send(f"{domain}.enable")
                yield page
    finally:
        process.terminate()
        process.wait(10)
        shutil.rmtree(home, ignore_errors=True)
