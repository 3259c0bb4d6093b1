"""What a verb writes: results to standard output; steps, progress and logs to standard error."""

import json
import re
import shutil
import sys
from collections.abc import Mapping, Sequence
from typing import Any, TextIO

BOLD, DIM, RED, GREEN, YELLOW = "1", "2", "31", "32", "33"
LEVELS = {"deploy": BOLD, "success": GREEN, "warning": YELLOW, "error": RED}

_COLOR = re.compile(r"\x1b\[[0-9;]*m")
_ESCAPE = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|.)?")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1a\x1c-\x1f\x7f-\x9f]")


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


def progress(text: str) -> None:
    """Replace the terminal's last line; nothing in a pipe. An empty text takes it away."""
    if sys.stderr.isatty():
        width = shutil.get_terminal_size().columns - 1
        sys.stderr.write(f"\r\x1b[K{text[:width]}")
        sys.stderr.flush()


def table(columns: Sequence[str], rows: Sequence[Sequence[str]], otherwise: str) -> None:
    """Rows below their columns' names, cut to the terminal's width; `otherwise` is said when there are none."""
    if not rows:
        say(otherwise)
        return
    cells = [[safe(cell) for cell in row] for row in rows]
    widths = [max(len(row[index]) for row in [list(columns), *cells]) for index in range(len(columns))]
    _shrink(widths)
    _write(sys.stdout, _row([column.upper() for column in columns], widths), DIM)
    for row in cells:
        _write(sys.stdout, _row(row, widths))


def safe(text: str, *, keep_color: bool = False) -> str:
    """Text that cannot drive a terminal."""
    text = _ESCAPE.sub(lambda found: found[0] if keep_color and _COLOR.fullmatch(found[0]) else "", text)
    return _CONTROL.sub("", text).replace("\n", " ")


def _write(stream: TextIO, text: str, color: str = "") -> None:
    if stream.isatty() and (color or "\x1b" in text):
        text = f"\x1b[{color}m{text}\x1b[0m"
    print(text, file=stream, flush=True)


def _shrink(widths: list[int]) -> None:
    # The widest column gives way; in a pipe nothing is cut.
    if not sys.stdout.isatty():
        return
    surplus = sum(widths) + 2 * (len(widths) - 1) - shutil.get_terminal_size().columns
    if surplus > 0:
        widest = widths.index(max(widths))
        widths[widest] = max(8, widths[widest] - surplus)


def _row(cells: Sequence[str], widths: Sequence[int]) -> str:
    cut = [cell if len(cell) <= width else f"{cell[: width - 1]}…" for cell, width in zip(cells, widths, strict=True)]
    return "  ".join(cell.ljust(width) for cell, width in zip(cut, widths, strict=True)).rstrip()
