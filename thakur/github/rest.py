"""One question to GitHub's REST API and its answer: redirects, patience, and errors that say what to do."""

import asyncio
import logging
import math
import re
import time
from collections import defaultdict
from typing import Any
from urllib.parse import urljoin, urlsplit

import aiohttp
import msgspec

from thakur.github.answers import Exchanged, KeptAnswers
from thakur.github.interface import CredentialsRefused, GitHubUnavailable, NotPermitted, NotThere, RequestRefused
from thakur.github.patience import pause_seconds

VERSION = "2022-11-28"
HEADERS = {
    "Accept": "application/vnd.github+json",
    "X-GitHub-Api-Version": VERSION,
    "User-Agent": "thakur-deploy",
}
ANSWER_SECONDS = 15.0
ANSWER_BYTES = 8 * 1024 * 1024
REDIRECTS = 3
TRIES = 3
FIRST_BACKOFF_SECONDS = 0.3
# GitHub asks for a second between two things that are made; a person may wait this long for a pause to pass.
WRITE_GAP_SECONDS = 1.0
PATIENCE_SECONDS = 5.0
_NEXT = re.compile(r'<([^>]+)>;\s*rel="next"')

log = logging.getLogger(__name__)


class Answer(msgspec.Struct, frozen=True):
    """What came back; `next_url` is where a list goes on."""

    status: int
    data: Any
    next_url: str = ""


class Rest:
    """Asks one site. Whoever is told to wait waits with everything of the same `payer`, an App or an installation."""

    def __init__(self, api_url: str, write_gap_seconds: float = WRITE_GAP_SECONDS) -> None:
        self._api_url = api_url
        self._write_gap_seconds = write_gap_seconds
        self._session: aiohttp.ClientSession | None = None
        self._paused_until: dict[str, float] = {}
        self._refusals: defaultdict[str, int] = defaultdict(int)
        self._writing: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._written_at: defaultdict[str, float] = defaultdict(lambda: -math.inf)
        self._kept = KeptAnswers()

    async def ask(
        self, payer: str, method: str, path: str, token: str, body: object = None, *, is_repeatable: bool | None = None
    ) -> Answer:
        """Raises GitHubUnavailable, CredentialsRefused, NotPermitted, NotThere, RequestRefused.

        What may be done twice is tried again when GitHub stumbles; by its method, if nothing is said.
        """
        repeatable = method in ("GET", "PUT", "DELETE") if is_repeatable is None else is_repeatable
        await self._wait(payer)
        if method != "POST" or repeatable:
            return await self._tried(payer, method, path, token, body, TRIES if repeatable else 1)
        async with self._writing[payer]:
            # Before the next one, and not after this: whoever wrote goes on at once.
            await asyncio.sleep(self._written_at[payer] + self._write_gap_seconds - time.monotonic())
            try:
                return await self._tried(payer, method, path, token, body, 1)
            finally:
                self._written_at[payer] = time.monotonic()

    async def close(self) -> None:
        """May be called twice."""
        if self._session is not None:
            await self._session.close()

    async def _wait(self, payer: str) -> None:
        left = self._paused_until.get(payer, 0.0) - time.monotonic()
        if left > PATIENCE_SECONDS:
            raise GitHubUnavailable("it asked for a pause", left)
        if left > 0:
            await asyncio.sleep(left)

    async def _tried(self, payer: str, method: str, path: str, token: str, body: object, tries: int) -> Answer:
        backoff_seconds = FIRST_BACKOFF_SECONDS
        while True:
            tries -= 1
            try:
                return await self._once(payer, method, path, token, body)
            except GitHubUnavailable as error:
                if tries <= 0 or error.retry_seconds > PATIENCE_SECONDS:
                    raise
                await asyncio.sleep(max(backoff_seconds, self._paused_until.get(payer, 0.0) - time.monotonic()))
                backoff_seconds *= 2

    async def _once(self, payer: str, method: str, path: str, token: str, body: object) -> Answer:
        url = urljoin(f"{self._api_url}/", path.lstrip("/"))
        for _ in range(REDIRECTS):
            before = self._kept.find(payer, url) if method == "GET" else None
            came = await self._exchange(method, url, token, body, before.headers["etag"] if before else "")
            status, headers, raw = self._kept.settle(payer, url, came, before) if method == "GET" else came
            if status not in (301, 302, 307, 308):
                break
            url = self._moved(url, headers.get("location", ""))
        data = _decoded(url, raw)
        if isinstance(data, dict) and isinstance(data.get("message"), str):
            headers["message"] = data["message"]
        self._check_pause(payer, status, headers)
        if status >= 300:
            raise _refusal(status, method, urlsplit(url).path, headers.get("message", ""))
        found = _NEXT.search(headers.get("link", ""))
        return Answer(status, data, self._moved(url, found[1]) if found else "")

    async def _exchange(self, method: str, url: str, token: str, body: object, tag: str) -> Exchanged:
        headers = HEADERS | ({"Authorization": f"Bearer {token}"} if token else {})
        if tag:
            headers["If-None-Match"] = tag
        sent = msgspec.json.encode(body) if body is not None else None
        try:
            async with self._opened().request(method, url, data=sent, headers=headers, allow_redirects=False) as answer:
                raw = await answer.content.read(ANSWER_BYTES + 1)
                while len(raw) <= ANSWER_BYTES and (more := await answer.content.read(ANSWER_BYTES)):
                    raw += more
                found = {name.lower(): value for name, value in answer.headers.items()}
                if len(raw) > ANSWER_BYTES:
                    raise GitHubUnavailable("its answer has no end", 60.0)
                return Exchanged(answer.status, found, raw)
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise GitHubUnavailable(f"{urlsplit(url).netloc} does not answer ({type(error).__name__})", 1.0) from error

    def _opened(self) -> aiohttp.ClientSession:
        if self._session is None:
            # As git does, by the proxy of this place; what is on this host needs none.
            timeout = aiohttp.ClientTimeout(total=ANSWER_SECONDS)
            self._session = aiohttp.ClientSession(
                timeout=timeout, cookie_jar=aiohttp.DummyCookieJar(), trust_env=self._api_url.startswith("https:")
            )
        return self._session

    def _moved(self, url: str, location: str) -> str:
        # The token goes with the question, so both stay at the API that it is for.
        moved = urljoin(url, location)
        if not moved.startswith(f"{self._api_url}/"):
            raise RequestRefused("GitHub leads to another address than its API's")
        return moved

    def _check_pause(self, payer: str, status: int, headers: dict[str, str]) -> None:
        seconds = pause_seconds(status, headers, time.time(), self._refusals[payer])
        if seconds is None:
            self._refusals.pop(payer, None)
            return
        self._refusals[payer] += 1
        self._paused_until[payer] = time.monotonic() + seconds
        log.warning("github asks for a pause", extra={"payer": payer, "seconds": round(seconds)})
        raise GitHubUnavailable("it asked for a pause", seconds)


def _decoded(url: str, raw: bytes) -> Any:
    try:
        return msgspec.json.decode(raw) if raw else None
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise GitHubUnavailable(f"{urlsplit(url).netloc} answers with no JSON", 1.0) from error


def _refusal(
    status: int, method: str, path: str, message: str
) -> GitHubUnavailable | CredentialsRefused | NotPermitted | NotThere | RequestRefused:
    said = f"GitHub answered {status} to {method} {path}" + (f": {message[:200]}" if message else "")
    if status >= 500:
        return GitHubUnavailable(f"it answered {status}", 1.0)
    if status == 401:
        return CredentialsRefused(said, hint="Check the App's id and private key: thakur github add gives it new ones.")
    if status == 403:
        return NotPermitted(said, hint="Grant the App that permission, or unsuspend its installation, on GitHub.")
    if status in (404, 410):
        return NotThere(said, hint="Install the App on that repository, or choose one that it is installed on.")
    return RequestRefused(said)
