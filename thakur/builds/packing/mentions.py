"""Mentions: which packages an application names itself, in its code or in the command that starts it."""

import os
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import msgspec

from thakur.builds.sources.unpack import CACHE_NAME

ALL_BYTES = 64 * 1024 * 1024
FILE_BYTES = 4 * 1024 * 1024
_CODE = re.compile(r"\.[cm]?[jt]sx?$")
# Tools read these, and an application that runs does not.
_TOOLS_OWN = re.compile(r"\.d\.[cm]?ts$|\.config\.|[.-](?:test|spec|e2e-spec|stories)\.[cm]?[jt]sx?$")
_IMPORTED = re.compile(
    rb"(?:\bfrom|\bimport|\b(?:import|require(?:\.resolve)?)\s*\()\s*[\"'`]((?:@[^\"'`/\s]+/)?[^\"'`/\s.][^\"'`/\s]*)"
)
_BETWEEN_WORDS = re.compile(r"[\s;&|()\"'=]+")
_PASSED_OVER = frozenset({"node_modules", ".git", CACHE_NAME, "test", "tests", "__tests__", "e2e", "coverage"})


class Development(msgspec.Struct, frozen=True):
    """The development packages that are installed, each with its commands."""

    commands: Mapping[str, tuple[str, ...]]


class _TooMuch(Exception):
    """The code is too large to be read."""


def named_in_code(root: Path, development: Development) -> set[str] | None:
    """Those that the code below `root` names between quotes, and whatever else it imports, installed or not.

    None when it is too much to be read. Bundlers leave imports of packages that only a package needs.
    """
    if not development.commands:
        return set()
    names = b"|".join(re.escape(name.encode()) for name in sorted(development.commands, key=len, reverse=True))
    quoted = re.compile(rb"[\"'`](" + names + rb")(?:/[^\"'`\n]*)?[\"'`]")
    found: set[bytes] = set()
    try:
        for content in _code(root):
            found.update(quoted.findall(content), _IMPORTED.findall(content))
        return {name.decode(errors="replace") for name in found}
    except (_TooMuch, PermissionError):
        return None


def named_by_start(start: Iterable[str], scripts: Mapping[str, str], development: Development) -> set[str]:
    """Those that the start command names, or a script that it runs, by their own name or that of a command of theirs."""
    words = [word for text in start for word in _words(text)]
    waiting = dict(scripts)
    while called := [
        name for name in waiting if name in words or name.removeprefix("pre").removeprefix("post") in words
    ]:
        words += [word for name in called for word in _words(waiting.pop(name))]
    # A command may be given by its path, and a package by one of its files.
    said = {part for word in words for part in (word, word.rpartition("/")[2])}
    return {
        name
        for name, commands in development.commands.items()
        if said.intersection((name, *commands)) or any(word.startswith(f"{name}/") for word in words)
    }


def _words(text: str) -> list[str]:
    return [word for word in _BETWEEN_WORDS.split(text) if word]


def _code(root: Path) -> Iterator[bytes]:
    left = ALL_BYTES
    todo = [str(root)]
    while todo:
        with os.scandir(todo.pop()) as entries:
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    if entry.name not in _PASSED_OVER:
                        todo.append(entry.path)
                elif entry.is_file(follow_symlinks=False) and _is_code(entry.name):
                    size = entry.stat(follow_symlinks=False).st_size
                    left -= size
                    if left < 0 or size > FILE_BYTES:
                        raise _TooMuch
                    yield Path(entry.path).read_bytes()


def _is_code(name: str) -> bool:
    return _CODE.search(name) is not None and _TOOLS_OWN.search(name) is None
