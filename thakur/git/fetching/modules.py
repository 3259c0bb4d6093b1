"""Submodules: what `.gitmodules` says, and where a relative URL leads. Pure."""

import re
from collections.abc import Collection
from urllib.parse import urlsplit

from .stops import Stopped
from .urls import Url, parse

LONGEST_BYTES = 256 * 1024

_SECTION = re.compile(r'\[\s*submodule\s+"((?:[^"\\]|\\.)*)"\s*\]')
_PAIR = re.compile(r"(\w[\w-]*)\s*=\s*(.*)")


def parse_modules(text: str) -> dict[str, str]:
    """URLs by path; a section without either is left out, and so is every other setting: none of it is followed."""
    sections: list[dict[str, str]] = []
    for line in text.splitlines():
        stripped = line.strip()
        if stripped.startswith("["):
            sections.append({} if _SECTION.match(stripped) else {"path": ""})
        elif sections and (found := _PAIR.fullmatch(stripped)):
            sections[-1].setdefault(found[1].lower(), _value(found[2]))
    return {section["path"]: section["url"] for section in sections if section.get("path") and section.get("url")}


def locate(url: str, parent: Url, schemes: Collection[str]) -> Url:
    """Where a submodule's repository is; `./` and `../` lead from its parent's. Raises Stopped."""
    if not url.startswith(("./", "../")):
        found = parse(url, schemes)
        if found.scheme == "file":
            raise Stopped("url_scheme", scheme="file", schemes=", ".join(each for each in schemes if each != "file"))
        return found
    parts = [part for part in urlsplit(parent.text).path.split("/") if part]
    for part in url.split("/"):
        if part == "..":
            if not parts:
                raise Stopped("url_malformed", url=url[:200])
            parts.pop()
        elif part not in ("", "."):
            parts.append(part)
    if parent.scheme == "file":
        raise Stopped("url_scheme", scheme="file", schemes=", ".join(each for each in schemes if each != "file"))
    return parse(parent._replace(path="/" + "/".join(parts)).text, schemes)


def _value(written: str) -> str:
    if written.startswith('"') and (end := written.find('"', 1)) > 0:
        return written[1:end]
    return re.split(r"\s[#;]", written, maxsplit=1)[0].strip()
