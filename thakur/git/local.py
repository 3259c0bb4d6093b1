"""Git on this host: each question is one run of the program in the sandbox."""

import logging
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import msgspec

from thakur.git import child
from thakur.git.explaining import explain, explain_note
from thakur.git.grammar import check_ref, check_url
from thakur.git.interface import Commit, FetchFailed, GitRules, Note, Resolved, Wanted, Workplace
from thakur.sandbox import DeadlineExceeded, Exit, Sandbox

RECEIVED_BYTES = 1024**3
FETCH_SECONDS = 10 * 60.0
RESOLVE_SECONDS = 90.0
STALL_SECONDS = 60.0
# A tar has up to three blocks before each file.
ENTRY_BYTES = 2048
USER = "x-access-token"
LAST_BYTES = 2000

log = logging.getLogger(__name__)


class Borders(msgspec.Struct, frozen=True, kw_only=True):
    """How much one commit may be, and how long nothing may come."""

    unpacked_bytes: int
    unpacked_entries: int
    received_bytes: int = RECEIVED_BYTES
    stall_seconds: float = STALL_SECONDS


class LocalGit:
    """Implements Git by pygit2. `passed` is the operator's own environment."""

    def __init__(self, sandbox: Sandbox, rules: GitRules, passed: Mapping[str, str], borders: Borders) -> None:
        self._sandbox = sandbox
        self._rules = rules
        self._passed = dict(passed)
        self._borders = borders

    async def resolve(self, wanted: Wanted, place: Workplace) -> Resolved:
        done = await self._run(wanted, place, RESOLVE_SECONDS, {"archive": ""}, _ignore)
        return Resolved(done["commit"] or None, done["name"])

    async def fetch(self, wanted: Wanted, resolved: Resolved, place: Workplace, archive: str, note: Note) -> Commit:
        left_out: list[str] = []

        def noted(line: str) -> None:
            left_out.append(line)
            note(line)

        asked = {"archive": archive, "commit": resolved.commit or "", "name": resolved.name}
        done = await self._run(wanted, place, FETCH_SECONDS, asked, noted)
        return Commit(id=done["commit"], subject=done["subject"], author=done["author"], is_whole=not left_out)

    async def _run(
        self, wanted: Wanted, place: Workplace, longest: float, more: Mapping[str, object], note: Note
    ) -> dict[str, Any]:
        url = check_url(wanted.url, self._rules)
        asked = {**self._asked(url, wanted), **more}
        repository = urlsplit(url).path if url.startswith("file:") else ""
        command = child.spec(
            place.name, place.directory, place.uid, self._passed, msgspec.json.encode(asked), repository
        )
        events = _Events(note)
        seconds = min(longest, place.seconds)
        try:
            ended = await self._sandbox.run(command, events.output, seconds)
        except DeadlineExceeded as error:
            raise _failed("too_slow", {"seconds": f"{seconds:.0f}"}) from error
        return events.done(ended)

    def _asked(self, url: str, wanted: Wanted) -> dict[str, object]:
        borders = self._borders
        return {
            "url": url,
            "ref": check_ref(wanted.ref),
            "token": _with_user(wanted.token),
            "schemes": self._rules.schemes,
            "hosts": self._rules.hosts,
            "received_bytes": borders.received_bytes,
            "unpacked_bytes": borders.unpacked_bytes,
            "unpacked_entries": borders.unpacked_entries,
            "archive_bytes": borders.unpacked_bytes + ENTRY_BYTES * borders.unpacked_entries,
            "memory_bytes": child.MEMORY_BYTES,
            "stall_seconds": borders.stall_seconds,
        }


class _Events:
    def __init__(self, note: Note) -> None:
        self._note = note
        self._rest = b""
        self._last = b""
        self._done: dict[str, Any] | None = None
        self._stopped: dict[str, str] | None = None

    def output(self, data: bytes) -> None:
        *lines, self._rest = (self._rest + data).split(b"\n")
        for line in lines:
            self._take(line)

    def done(self, ended: Exit) -> dict[str, Any]:
        """What the program answered. Raises FetchFailed."""
        if self._stopped is not None:
            raise _failed(self._stopped.pop("code", ""), self._stopped)
        if ended.is_out_of_memory:
            raise _failed("out_of_memory", {})
        if self._done is None or not ended.is_success:
            words = self._last.decode(errors="replace")
            log.error(
                "fetching ended without a reason", extra={"code": ended.code, "signal": ended.signal, "words": words}
            )
            raise _failed("unknown", {})
        return self._done

    def _take(self, line: bytes) -> None:
        try:
            event = msgspec.json.decode(line, type=dict[str, dict[str, str]])
        except msgspec.DecodeError:
            # Not ours: a library's last words before it ended.
            self._last = (self._last + line + b"\n")[-LAST_BYTES:]
            return
        if "note" in event:
            note = event["note"]
            self._note(explain_note(note.get("code", ""), note))
        self._done = event.get("done", self._done)
        self._stopped = event.get("stopped", self._stopped)


def _with_user(token: str) -> str:
    # Who the token belongs to is in the token; hosts ask for some name beside it.
    return f"{USER}:{token}" if token and ":" not in token else token


def _failed(code: str, facts: Mapping[str, str]) -> FetchFailed:
    said = explain(code, facts)
    return FetchFailed(code, said.what, said.why, said.next)


def _ignore(_line: str) -> None:
    return
