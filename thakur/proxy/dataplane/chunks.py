"""Where a chunked body ends: the bytes are checked and forwarded as they are, never rewritten."""

import re

MORE = -1
MALFORMED = -2

_TOKEN = rb"[!#$%&'*+\-.^_`|~0-9A-Za-z]+"
_SIZE = re.compile(
    rb"([0-9A-Fa-f]{1,15})(?:;" + _TOKEN + rb"(?:=(?:" + _TOKEN + rb'|"[\t\x20\x21\x23-\x5b\x5d-\x7e]*"))?)*\r\n'
).fullmatch
_TRAILER = re.compile(_TOKEN + rb":[\t\x20-\x7e\x80-\xff]*\r\n").fullmatch
_LINE_BYTES = 256
_TRAILERS_BYTES = 16 * 1024

_AT_SIZE, _IN_DATA, _AFTER_DATA, _IN_TRAILERS = range(4)


class Chunks:
    """Reads one body in whatever pieces it comes; with `keeps`, `pieces` collects the data without its framing."""

    __slots__ = ("_left", "_rest", "_state", "_trailers_bytes", "keeps", "pieces")

    def __init__(self, *, keeps: bool = False) -> None:
        self.keeps = keeps
        self.pieces: list[bytes] = []
        self._state = _AT_SIZE
        self._left = 0
        self._rest = b""
        self._trailers_bytes = 0

    def feed(self, data: bytes) -> int:
        """The index just past the body's end in `data`, MORE when it goes on, or MALFORMED."""
        before = len(self._rest)
        if before:
            data = self._rest + data
            self._rest = b""
        position = 0
        while True:
            if self._state == _IN_DATA:
                position = self._skip_data(data, position)
                if self._state == _IN_DATA:
                    return MORE
            end = data.find(b"\n", position) + 1
            if end == 0:
                return self._keep_rest(data[position:])
            line = data[position:end]
            position = end
            if self._state == _IN_TRAILERS and line == b"\r\n":
                return position - before
            if not self._take_line(line):
                return MALFORMED

    def _skip_data(self, data: bytes, position: int) -> int:
        end = min(position + self._left, len(data))
        if self.keeps and end > position:
            self.pieces.append(data[position:end])
        self._left -= end - position
        if self._left == 0:
            self._state = _AFTER_DATA
        return end

    def _take_line(self, line: bytes) -> bool:
        if self._state == _AFTER_DATA:
            self._state = _AT_SIZE
            return line == b"\r\n"
        if self._state == _IN_TRAILERS:
            self._trailers_bytes += len(line)
            return self._trailers_bytes <= _TRAILERS_BYTES and _TRAILER(line) is not None
        size = _SIZE(line) if len(line) <= _LINE_BYTES else None
        if size is None:
            return False
        self._left = int(size.group(1), 16)
        self._state = _IN_DATA if self._left else _IN_TRAILERS
        return True

    def _keep_rest(self, rest: bytes) -> int:
        self._rest = rest
        if self._state == _AFTER_DATA:
            return MORE if rest in (b"", b"\r") else MALFORMED
        limit = _TRAILERS_BYTES if self._state == _IN_TRAILERS else _LINE_BYTES
        return MORE if len(rest) <= limit else MALFORMED
