"""Starts a GitHub that is simulated and a server of its own, tells the way through them, and says what becomes of each push.

python -m examples.demo            until Ctrl-C
python -m examples.demo --quick    a folder is deployed without any GitHub, and that is all
"""

import argparse
import asyncio
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from examples.demo.following import Following
from examples.demo.github import SimulatedGitHub
from examples.demo.server import EXAMPLES, DemoServer, NotUp
from examples.demo.telling import quick_end, way_through


def main() -> int:
    """0 when all of it was there, also when it was ended by SIGINT or SIGTERM."""
    parser = argparse.ArgumentParser(
        prog="make demo", description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--quick", action="store_true", help="deploy a folder, see that it is live, and end")
    asked = parser.parse_args()
    with temporary() as directory:
        try:
            asyncio.run(quick(directory) if asked.quick else story(directory))
        except NotUp as error:
            print(error, file=sys.stderr)
            return 1
    return 0


@contextmanager
def temporary() -> Iterator[Path]:
    directory = Path(tempfile.mkdtemp(prefix="thakur-demo-"))
    try:
        yield directory
    finally:
        shutil.rmtree(directory, ignore_errors=True)


async def story(directory: Path) -> None:
    """Until somebody ends it."""
    ended = ended_by_signals()
    began = time.monotonic()
    async with SimulatedGitHub(directory / "github") as github:
        await github.fill()
        server = DemoServer(directory / "thakur", github.url)
        try:
            if await server.start(ended):
                print(way_through(server, await server.login_link(), github, time.monotonic() - began), flush=True)
                await server.until(ended, Following(server.data_dir, github.pushed_at, print_line).run())
        finally:
            await server.stop()


async def quick(directory: Path) -> None:
    """A folder, and the URL at which it is live."""
    ended = ended_by_signals()
    began = time.monotonic()
    server = DemoServer(directory / "thakur")
    try:
        if await server.start(ended):
            ready = time.monotonic() - began
            deployed = await server.deploy(EXAMPLES / "hono", "hello")
            print(quick_end(ready, deployed, server.answer(deployed["url"])), flush=True)
    finally:
        await server.stop()


def ended_by_signals() -> asyncio.Event:
    """Also where SIGINT came in ignored, as for a command that a script put into the background."""
    ended = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, ended.set)
    return ended


def print_line(text: str) -> None:
    print(f"  {time.strftime('%T')}  {text}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
