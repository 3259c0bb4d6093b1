"""Where the values of env vars come from: the command line, a file, standard input, or a person who types unseen."""

import getpass
import sys
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import quote

from thakur.cli.interface import FileUnreadable, WrongUsage

STANDARD_INPUT = "-"


def read_values(words: Sequence[str], from_file: str | None) -> dict[str, str]:
    """The value of each word, `KEY=VALUE` or `KEY`. Raises WrongUsage, FileUnreadable."""
    bare = [word for word in words if "=" not in word]
    if from_file is not None:
        if len(words) != 1 or not bare:
            raise WrongUsage("--from-file gives one KEY its value", hint="Write: thakur env set KEY --from-file PATH")
        return {words[0]: read_text(from_file)}
    if bare and not sys.stdin.isatty():
        raise WrongUsage(
            f"{bare[0]} has no value, and there is nobody to type one",
            hint="Write KEY=VALUE, or KEY --from-file PATH (- is standard input).",
        )
    return {key: _text(value, key) if given else _typed(key) for key, given, value in (w.partition("=") for w in words)}


def read_text(path: str) -> str:
    """The content to the byte; `-` is standard input. Raises FileUnreadable."""
    try:
        data = sys.stdin.buffer.read() if path == STANDARD_INPUT else Path(path).expanduser().read_bytes()
        return data.decode()
    except OSError as error:
        raise FileUnreadable(f"{path} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError:
        # Not `from` it: that error holds the content.
        raise FileUnreadable(f"{path} is no text in UTF-8", hint="Encode bytes, such as in base64.") from None


def quoted(key: str) -> str:
    """The name as a part of a path."""
    return quote(key, safe="")


def _typed(key: str) -> str:
    return _text(getpass.getpass(f"{key}: "), key)


def _text(value: str, key: str) -> str:
    try:
        value.encode()
    except UnicodeEncodeError:
        raise WrongUsage(f"The value of {key} is no text in UTF-8", hint="Encode bytes, such as in base64.") from None
    return value
