"""What a verb writes: results to standard output; steps, progress and logs to standard error."""

import json
import re
import shutil
import sys
import threading
from collections.abc import Mapping, Sequence
from typing import Any, TextIO

BOLD, DIM, RED, GREEN, YELLOW = "1", "2", "31", "32", "33"
LEVELS = {"deploy": BOLD, "success": GREEN, "warning": YELLOW, "error": RED}

# A column that is cut shows at least this much.
NARROWEST = 10

_COLOR = re.compile(r"\x1b\[[0-9;]*m")
_ESCAPE = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|.)?")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1a\x1c-\x1f\x7f-\x9f]")


# The line that stands at the terminal's end, and whoever writes there now.
_standing: list[str] = []
_screen = threading.RLock()


def say(text: str = "", color: str = "") -> None:
    """A line for the person who waits."""
    _write(sys.stderr, text, color)


def result(text: str) -> None:
    """A line that the verb was asked for."""
    _write(sys.stdout, text)


def document(value: object) -> None:
    """The one JSON document of --json."""
    print(json.dumps(value, ensure_ascii=False, indent=None if isinstance(value, str) else 2), flush=True)


def json_line(value: object) -> None:
    """One of many JSON documents, one a line."""
    print(json.dumps(value, ensure_ascii=False), flush=True)


def log_line(line: Mapping[str, Any], stream: TextIO) -> None:
    """A line of a log. What an application wrote may color it, and move nothing else on the terminal."""
    level = str(line["level"])
    text = safe(str(line["text"]), keep_color=stream.isatty())
    if level in LEVELS and not stream.isatty():
        text = f"{level}: {text}" if level in ("warning", "error") else text
    _write(stream, text, LEVELS.get(level, ""))


def progress(*pieces: str | tuple[str, str]) -> None:
    """Stand at the terminal's end, below whatever else is written, in place of what stood there; nothing in a pipe.

    A piece may come with a color. No piece takes the line away.
    """
    if not sys.stderr.isatty() or not (pieces or _standing):
        return
    plain = [piece if isinstance(piece, tuple) else (piece, "") for piece in pieces]
    room = shutil.get_terminal_size().columns - 1
    text = ""
    for words, color in plain:
        text += _colored(sys.stderr, words[:room], color)
        room -= len(words[:room])
    with _screen:
        _standing[:] = [text] if text else []
        sys.stderr.write(f"\r\x1b[K{text}")
        sys.stderr.flush()


def table(columns: Sequence[str], rows: Sequence[Sequence[str]], otherwise: str) -> None:
    """Rows below their columns' names, cut to the terminal's width; `otherwise` is said when there are none.

    Where a terminal is too narrow for columns, each row is a paragraph. In a pipe nothing is cut.
    """
    if not rows:
        say(otherwise)
        return
    cells = [[safe(cell) for cell in row] for row in rows]
    widths = [max(len(row[index]) for row in [list(columns), *cells]) for index in range(len(columns))]
    if not sys.stdout.isatty() or _shrink(widths, shutil.get_terminal_size().columns):
        _write(sys.stdout, _row([column.upper() for column in columns], widths), DIM)
        for row in cells:
            _write(sys.stdout, _row(row, widths))
    else:
        _paragraphs(columns, cells)


def safe(text: str, *, keep_color: bool = False) -> str:
    """Text that cannot drive a terminal."""
    text = _ESCAPE.sub(lambda found: found[0] if keep_color and _COLOR.fullmatch(found[0]) else "", text)
    return _CONTROL.sub("", text).replace("\n", " ")


def _write(stream: TextIO, text: str, color: str = "") -> None:
    text = _colored(stream, text, color)
    with _screen:
        if not _standing or not stream.isatty():
            print(text, file=stream, flush=True)
            return
        sys.stderr.write("\r\x1b[K")
        sys.stderr.flush()
        print(text, file=stream, flush=True)
        sys.stderr.write(_standing[0])
        sys.stderr.flush()


def _colored(stream: TextIO, text: str, color: str) -> str:
    if not text or not stream.isatty() or not (color or "\x1b" in text):
        return text
    from thakur.settings import wants_color

    return f"\x1b[{color}m{text}\x1b[0m" if wants_color() else _COLOR.sub("", text)


def _shrink(widths: list[int], room: int) -> bool:
    # The widest column gives way, and then the next; none below what is still read.
    surplus = sum(widths) + 2 * (len(widths) - 1) - room
    while surplus > 0:
        widest = widths.index(max(widths))
        if widths[widest] <= NARROWEST:
            return False
        widths[widest] -= 1
        surplus -= 1
    return True


def _paragraphs(columns: Sequence[str], cells: Sequence[Sequence[str]]) -> None:
    width = max(len(column) for column in columns)
    for index, row in enumerate(cells):
        if index:
            _write(sys.stdout, "")
        for column, cell in zip(columns, row, strict=True):
            _write(sys.stdout, f"{column.ljust(width)}  {cell}".rstrip())


def _row(cells: Sequence[str], widths: Sequence[int]) -> str:
    cut = [cell if len(cell) <= width else f"{cell[: width - 1]}…" for cell, width in zip(cells, widths, strict=True)]
    return "  ".join(cell.ljust(width) for cell, width in zip(cut, widths, strict=True)).rstrip()
