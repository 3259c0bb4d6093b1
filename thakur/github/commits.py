"""Commits: what checks say of one, what two differ in, and what files there are."""

import base64
import binascii
from collections.abc import Awaitable, Callable
from typing import Any, Literal
from urllib.parse import quote

import msgspec

from thakur.github.interface import Head, NotThere, RequestRefused
from thakur.github.rest import Answer

# GitHub tells of no more, and does not say that there are more.
FILES = 300
PAGES = 5

CheckState = Literal["pending", "passed", "failed"]
PASSED = ("success", "neutral", "skipped")

Ask = Callable[[str, str], Awaitable[Answer]]


class Check(msgspec.Struct, frozen=True):
    """A status, a check run, or a suite of an App that is not done, by its name."""

    name: str
    state: CheckState


class Blob(msgspec.Struct, frozen=True):
    """A file as git has it: the same `sha` is the same content."""

    path: str
    sha: str


class Commits:
    """Of one repository. `own_app_id` is the App that asks: what it says of a commit itself is none of its checks."""

    def __init__(self, ask: Ask, repository_id: int, own_app_id: int) -> None:
        self._ask = ask
        self._path = f"/repositories/{repository_id}"
        self._own_app_id = own_app_id

    async def checks(self, sha: str) -> list[Check]:
        """All that others say of it. Raises NotPermitted."""
        commit = f"{self._path}/commits/{sha}"
        statuses = await self._listed(f"{commit}/status?per_page=100", "statuses")
        runs = self._others(await self._listed(f"{commit}/check-runs?per_page=100", "check_runs"))
        suites = self._others(await self._listed(f"{commit}/check-suites?per_page=100", "check_suites"))
        found = [Check(str(each["context"]), _of_status(each)) for each in statuses]
        found += [Check(str(each["name"]), _of_run(each)) for each in runs]
        # A job that waits for another has no run yet. A suite that never has one is an App's that does not care.
        is_running = [each for each in suites if each.get("latest_check_runs_count") and each["status"] != "completed"]
        if not any(each.state == "pending" for each in found):
            found += [Check(str(each["app"]["slug"]), "pending") for each in is_running]
        return found

    async def changed(self, base: str, head: str) -> list[str] | None:
        """The files in which `head` differs from `base`, by their names before and after.

        None when that cannot be said: `base` is gone or no forefather of it, or there are too many.
        """
        try:
            data = (await self._ask("GET", f"{self._path}/compare/{base}...{head}?per_page=1&page=1")).data
        except (NotThere, RequestRefused):
            return None
        files = data.get("files")
        if data.get("status") != "ahead" or files is None or len(files) >= FILES:
            return None
        return [name for each in files for name in (each["filename"], each.get("previous_filename")) if name]

    async def files(self, sha: str) -> list[Blob] | None:
        """All files; None when they are too many to be listed."""
        data = (await self._ask("GET", f"{self._path}/git/trees/{sha}?recursive=1")).data
        if data.get("truncated"):
            return None
        return [Blob(str(each["path"]), str(each["sha"])) for each in data["tree"] if each["type"] == "blob"]

    async def text(self, sha: str, path: str) -> str:
        """A file's; empty when it is none. Raises NotThere."""
        data = (await self._ask("GET", f"{self._path}/contents/{quote(path)}?ref={sha}")).data
        try:
            return base64.b64decode(data["content"]).decode()
        except (KeyError, TypeError, binascii.Error, UnicodeDecodeError):
            return ""

    async def tags(self, beginning: str = "") -> list[str]:
        """Names of all tags that begin so."""
        data = (await self._ask("GET", f"{self._path}/git/matching-refs/tags/{quote(beginning, safe='')}")).data
        return [str(each["ref"]).removeprefix("refs/tags/") for each in data]

    async def of_tag(self, name: str) -> Head:
        """The commit that a tag is of, also an annotated one. Raises NotThere."""
        return head_of((await self._ask("GET", f"{self._path}/commits/{quote(f'tags/{name}')}")).data)

    async def _listed(self, path: str, name: str) -> list[dict[str, Any]]:
        found = list[dict[str, Any]]()
        for _ in range(PAGES):
            answer = await self._ask("GET", path)
            found += answer.data[name]
            if not answer.next_url:
                break
            path = answer.next_url
        return found

    def _others(self, found: list[dict[str, Any]]) -> list[dict[str, Any]]:
        return [each for each in found if (each.get("app") or {}).get("id") != self._own_app_id]


def head_of(commit: dict[str, Any]) -> Head:
    """A commit as it is shown wherever one is."""
    said = commit.get("commit") or {}
    author = (said.get("author") or {}).get("name") or ""
    return Head(str(commit["sha"]), str(said.get("message") or ""), str(author))


def _of_status(status: dict[str, Any]) -> CheckState:
    states: dict[str, CheckState] = {"pending": "pending", "success": "passed"}
    return states.get(status["state"], "failed")


def _of_run(run: dict[str, Any]) -> CheckState:
    if run["status"] != "completed":
        return "pending"
    return "passed" if run["conclusion"] in PASSED else "failed"
