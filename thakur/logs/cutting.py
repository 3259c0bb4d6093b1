"""From raw output to lines: pure, and the same however the bytes are cut into reads."""

from thakur.logs.interface import LINE_BYTES

CUT_MARK = " … (line cut at 8 KB)"
_KEPT_BYTES = LINE_BYTES - len(CUT_MARK.encode())


class LineCutter:
    """Bytes in, finished lines out. Of a line that overwrites itself with carriage returns the last state stays.

    Escape sequences are kept: whoever shows a line decides what they mean there.
    """

    def __init__(self) -> None:
        # A line's text is decoded whole, so no character is ever split; what is beyond the limit is not kept at all.
        self._segment = bytearray()
        self._overwritten = b""

    def feed(self, data: bytes) -> list[str]:
        """Take the next bytes; returns the lines that they finish."""
        first, *others = data.split(b"\n")
        self._extend(first)
        if not others:
            return []
        lines = [self._finish()]
        for piece in others[:-1]:
            if b"\r" in piece or len(piece) > LINE_BYTES:
                self._extend(piece)
                lines.append(self._finish())
            else:
                lines.append(_decoded(piece))
        self._extend(others[-1])
        return lines

    def rest(self) -> list[str]:
        """End the unfinished line, if there is one."""
        return [self._finish()] if self._segment or self._overwritten else []

    def _extend(self, piece: bytes) -> None:
        *overwritten, last = piece.split(b"\r")
        for segment in overwritten:
            self._append(segment)
            if self._segment:
                self._overwritten = bytes(self._segment)
                self._segment.clear()
        self._append(last)

    def _append(self, piece: bytes) -> None:
        # One byte more than fits tells a full line from one that is too long.
        self._segment += piece[: LINE_BYTES + 1 - len(self._segment)]

    def _finish(self) -> str:
        line = bytes(self._segment) or self._overwritten
        self._segment.clear()
        self._overwritten = b""
        return _decoded(line)


def lines_of(text: str) -> list[str]:
    """Cut one text of our own into lines that can be stored; an empty text is one empty line."""
    return [_decoded(line.encode("utf-8", "replace")) for line in text.replace("\r\n", "\n").split("\n")]


def _decoded(line: bytes) -> str:
    # PostgreSQL stores every character but NUL.
    text = line.decode("utf-8", "replace").replace("\0", "\ufffd")
    if len(line) <= LINE_BYTES // 3 or len(encoded := text.encode()) <= LINE_BYTES:
        return text
    return encoded[:_KEPT_BYTES].decode("utf-8", "ignore") + CUT_MARK
