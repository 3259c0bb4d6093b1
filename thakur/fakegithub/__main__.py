"""`python -m thakur.fakegithub`: the stand-in by itself, for a demonstration, until it is interrupted."""

import argparse
import asyncio
import json
import signal
import sys
import tempfile
from pathlib import Path
from typing import Any

from thakur.fakegithub.seeding import Seeding
from thakur.fakegithub.server import FakeGitHub


def main() -> int:
    """Serve on loopback, and say where."""
    asked = _parser().parse_args()
    with tempfile.TemporaryDirectory(prefix="thakur-fakegithub-") as directory:
        return asyncio.run(_serve(asked, Path(asked.directory or directory)))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("python -m thakur.fakegithub", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="of 127.0.0.1; a free one otherwise")
    parser.add_argument("--directory", help="keeps the repositories; otherwise they are gone at the end")
    parser.add_argument("--user", action="append", default=[], metavar="LOGIN", help="somebody who can sign in")
    parser.add_argument(
        "--repository",
        action="append",
        default=[],
        metavar="OWNER/NAME=FOLDER",
        help="a private repository that begins with what the folder holds",
    )
    parser.add_argument("--json", action="store_true", help="say it in JSON, on one line")
    return parser


async def _serve(asked: argparse.Namespace, directory: Path) -> int:
    interrupted = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, interrupted.set)
    async with FakeGitHub(directory, asked.port) as github:
        github.state.asks = True
        for login in asked.user:
            github.state.people.user(login)
        seeding = Seeding(github.repositories, github.pushes)
        for each in asked.repository:
            name, _, folder = each.partition("=")
            seeding.add(name, Path(folder))
        _say(_told(github), is_json=asked.json)
        await interrupted.wait()
    return 0


def _told(github: FakeGitHub) -> dict[str, Any]:
    repositories = [
        {"full_name": each.full_name, "url": f"{github.url}/{each.full_name}", "push_url": github.push_url(each)}
        for each in github.state.repositories.values()
    ]
    return {"url": github.url, "repositories": repositories}


def _say(told: dict[str, Any], *, is_json: bool) -> None:
    words = [f"Simulated GitHub: {told['url']}"]
    words += [f"  {each['full_name']}: git clone {each['push_url']}" for each in told["repositories"]]
    sys.stdout.write((json.dumps(told) if is_json else "\n".join(words)) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
