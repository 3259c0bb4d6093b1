"""Says what becomes of each push, as the server's own API tells it: when it is built, when it is live, and what took how long."""

import asyncio
import contextlib
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import aiohttp

POLL_SECONDS = 0.25
# Asked at the socket of the host itself, which needs no login.
_API = "http://thakur/api/v1"
_NEWEST = {"limit": "5"}


class Following:
    """`pushed_at` gives the moment at which a commit was pushed, if it is known."""

    def __init__(self, data_dir: Path, pushed_at: Callable[[str], float | None], say: Callable[[str], None]) -> None:
        self._socket = data_dir / "run" / "local.sock"
        self._pushed_at = pushed_at
        self._say = say
        self._said: set[tuple[str, int, str]] = set()

    async def run(self) -> None:
        """Until it is canceled."""
        async with aiohttp.ClientSession(connector=aiohttp.UnixConnector(str(self._socket))) as session:
            while True:
                # One that is stopping or busy has the same to say the next time.
                with contextlib.suppress(aiohttp.ClientError, TimeoutError):
                    await self._look(session)
                await asyncio.sleep(POLL_SECONDS)

    async def _look(self, session: aiohttp.ClientSession) -> None:
        for project in await _get(session, "/projects"):
            name = project["name"]
            builds = {each["number"]: each for each in await _get(session, f"/projects/{name}/builds")}
            for build in builds.values():
                if build["status"] in ("running", "failed"):
                    self._once(name, build, "is being built" if build["status"] == "running" else "failed to build")
            for deployment in await _get(session, f"/projects/{name}/deployments"):
                build = builds.get(deployment["number"], {"number": deployment["number"]})
                if deployment["status"] == "active":
                    self._once(name, build, f"is live at {deployment['url']}", steps=deployment["steps"])
                elif deployment["status"] == "failed":
                    self._once(name, build, "did not come up")

    def _once(self, name: str, build: dict[str, Any], what: str, steps: list[dict[str, Any]] | None = None) -> None:
        if (name, build["number"], what) in self._said:
            return
        self._said.add((name, build["number"], what))
        commit = (build.get("source") or {}).get("commit") or ""
        pushed_at = self._pushed_at(commit)
        after = f", {time.monotonic() - pushed_at:.1f} s after the push" if steps is not None and pushed_at else ""
        self._say(f"{name} #{build['number']} ({commit[:7]}) {what}{after}")
        if steps is not None:
            every = [*(build.get("steps") or []), *steps]
            self._say("  " + " · ".join(f"{each['name']} {each['seconds']:.2f} s" for each in every))


async def _get(session: aiohttp.ClientSession, path: str) -> list[dict[str, Any]]:
    async with session.get(_API + path, params=_NEWEST if path.count("/") > 1 else {}) as answer:
        answer.raise_for_status()
        found: list[dict[str, Any]] = await answer.json()
        return found
