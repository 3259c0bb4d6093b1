"""Applications under strict load, all at once, for as long as a block runs and a while before and after it."""

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

from bench.strict import StrictLoad
from support.server import Server

# Per application: connections that are kept, and clients that make one for each request.
KEPT, FRESH = 4, 4
PAUSE_SECONDS = 0.01
BEFORE, AFTER = 300, 600

ANSWERS = """\
Bun.serve({
  port: Number(process.env.PORT),
  async fetch(request) {
    const { pathname } = new URL(request.url)
    if (pathname === '/written') return new Response(Bun.file('written.txt'))
    await Bun.sleep(20 * Math.random())
    return new Response('hello from WORD')
  },
})
"""


def saying(folder: Path, word: str, build: str = "") -> Path:
    """The folder of an application that says one word, a moment after it was asked; to deploy."""
    folder.mkdir(exist_ok=True)
    scripts = {"scripts": {"build": build}} if build else {}
    (folder / "package.json").write_text(json.dumps({"name": word} | scripts))
    (folder / "server.ts").write_text(ANSWERS.replace("WORD", word))
    return folder


class Loads:
    """One strict load an application."""

    def __init__(self, loads: list[StrictLoad]) -> None:
        self._loads = loads

    async def go_on(self, requests: int) -> None:
        """Wait for so many more of each."""
        await asyncio.gather(*(load.until(load.requests + requests) for load in self._loads))

    @property
    def failed(self) -> int:
        return sum(load.report().failed for load in self._loads)

    @property
    def examples(self) -> list[str]:
        return [example for load in self._loads for example in load.report().examples]

    def cells(self) -> dict[str, str]:
        """What a table tells of it."""
        reports = [load.report() for load in self._loads]
        return {
            "failed": f"{self.failed} of {sum(report.requests for report in reports)}",
            "p99": f"{max(report.p99_ms for report in reports):.0f} ms",
            "longest": f"{max(report.max_ms for report in reports):.0f} ms",
        }


@asynccontextmanager
async def loaded(server: Server, words: Sequence[str]) -> AsyncIterator[Loads]:
    """The applications of these names, each of which says its own, before, while and after whatever the block does."""
    async with AsyncExitStack() as running:
        loads = Loads(
            [
                await running.enter_async_context(
                    StrictLoad(
                        server.http, f"{word}.localhost", [word], kept=KEPT, fresh=FRESH, pause_seconds=PAUSE_SECONDS
                    )
                )
                for word in words
            ]
        )
        await loads.go_on(BEFORE)
        yield loads
        await loads.go_on(AFTER)
