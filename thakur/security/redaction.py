"""Redaction: secret values are taken out of streams of bytes, however the bytes are cut into reads."""

import json
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from urllib.parse import quote

MARK = "[redacted]"
# A shorter value is found in ordinary words too often to be taken out.
SHORTEST_BYTES = 6
# A longer line is looked for in pieces, so that no more than this is ever held back.
PIECE_BYTES = 1024
# As values they are no secrets; as words they are in every log.
ORDINARY = frozenset(
    {
        "production",
        "development",
        "preview",
        "staging",
        "testing",
        "localhost",
        "127.0.0.1",
        "0.0.0.0",
        "enabled",
        "disabled",
    },
)


class Redactor:
    """Knows the values that may not be shown: line by line, and as JSON and URLs write them.

    A line of fewer than six bytes and ordinary words such as `production` stay as they are.
    """

    def __init__(self, values: Iterable[str]) -> None:
        needles = {needle for value in values for needle in _needles(value)}
        self._longest = max(map(len, needles), default=0)
        by_head = defaultdict(list)
        for needle in sorted(needles, key=len, reverse=True):
            by_head[needle[:SHORTEST_BYTES]].append(needle)
        self._by_head = dict(by_head)
        # Only the heads are searched for: what follows one is compared, and the expression stays small.
        self._heads = re.compile(b"|".join(map(re.escape, sorted(by_head)))) if by_head else None
        self._beginnings = frozenset(head[:length] for head in by_head for length in range(1, SHORTEST_BYTES))

    def stream(self) -> "RedactedStream":
        """What takes secrets out of one stream."""
        return RedactedStream(self)

    def redact(self, data: bytes) -> bytes:
        """The whole of `data` without secrets."""
        if self._heads is None or self._heads.search(data) is None:
            return data
        stream = self.stream()
        return stream.feed(data) + stream.rest()

    def redact_text(self, text: str) -> str:
        return self.redact(text.encode(errors="surrogatepass")).decode(errors="surrogatepass")

    def found(self, data: bytes, start: int = 0, stop: int | None = None) -> Iterator[tuple[int, int]]:
        """Where secrets begin and end, for every beginning in `start` to `stop`; they may overlap."""
        if self._heads is None:
            return
        limit = len(data) if stop is None else stop + SHORTEST_BYTES - 1
        while head := self._heads.search(data, start, limit):
            begin = head.start()
            for needle in self._by_head[head[0]]:
                if data.startswith(needle, begin):
                    yield begin, begin + len(needle)
                    break
            start = begin + 1

    def held_from(self, data: bytes) -> int:
        """From where on `data` could be the beginning of a secret that the next bytes complete; its length if nowhere."""
        if self._heads is None:
            return len(data)
        start = max(0, len(data) - self._longest + 1)
        while head := self._heads.search(data, start):
            begin = head.start()
            rest = data[begin:]
            if any(len(needle) > len(rest) and needle.startswith(rest) for needle in self._by_head[head[0]]):
                return begin
            start = begin + 1
        for begin in range(max(0, len(data) - SHORTEST_BYTES + 1), len(data)):
            if data[begin:] in self._beginnings:
                return begin
        return len(data)

    def cut(self, data: bytes, start: int, wanted: int) -> int:
        """The last place from `start` to `wanted` at which cutting `data` splits no secret, nor one still to come."""
        window = data[start : wanted + PIECE_BYTES + SHORTEST_BYTES]
        place = min(wanted - start, self.held_from(window))
        for begin, end in reversed(list(self.found(window, stop=place))):
            if begin < place < end:
                place = begin
        return start + place

    def end(self, data: bytes, start: int) -> int:
        """Where the secrets end that lie over each other from `start` on; `start` if none begins there."""
        end = start
        for begin, after in self.found(data, start):
            if begin >= max(end, start + 1):
                break
            end = max(end, after)
        return end


class RedactedStream:
    """Bytes in, bytes without secrets out; only what may be the beginning of a secret waits for the next bytes."""

    def __init__(self, redactor: Redactor) -> None:
        self._redactor = redactor
        self._held = b""
        # How many of the held bytes a mark that is out already stands for, and whether one ends right there.
        self._covered = 0
        self._is_marked = False

    def feed(self, data: bytes) -> bytes:
        """Take the next bytes; returns what can be shown."""
        data = self._held + data
        return self._pass(data, self._redactor.held_from(data))

    def rest(self) -> bytes:
        """End the stream; a new one may begin."""
        shown = self._pass(self._held, len(self._held))
        self._covered, self._is_marked = 0, False
        return shown

    def _pass(self, data: bytes, stop: int) -> bytes:
        shown = []
        done = self._covered
        for begin, end in self._redactor.found(data, stop=stop):
            if begin > done:
                shown.append(data[done:begin])
                self._is_marked = False
            if not self._is_marked:
                shown.append(MARK.encode())
                self._is_marked = True
            done = max(done, end)
        if done < stop:
            shown.append(data[done:stop])
            self._is_marked = False
            done = stop
        self._held = data[stop:]
        self._covered = done - stop
        return b"".join(shown)


def _needles(value: str) -> Iterator[bytes]:
    for line in re.split(r"[\r\n]+", value):
        plain = line.strip()
        for form in (
            plain,
            json.dumps(plain)[1:-1],
            json.dumps(plain, ensure_ascii=False)[1:-1],
            quote(plain, safe=""),
        ):
            written = form.encode()
            if len(written) >= SHORTEST_BYTES and plain not in ORDINARY and plain not in MARK:
                yield from _pieces(written)


def _pieces(written: bytes) -> Iterator[bytes]:
    while len(written) > PIECE_BYTES + SHORTEST_BYTES:
        yield written[:PIECE_BYTES]
        written = written[PIECE_BYTES:]
    yield written
