"""Refs: their grammar, and which commit one means among those that a server names. Pure."""

import difflib
import re
from collections.abc import Mapping
from typing import NamedTuple

from .stops import Stopped

LONGEST_BYTES = 250
CLOSE_MATCHES = 3
BRANCHES, TAGS = "refs/heads/", "refs/tags/"
PEELED = "^{}"
ID = re.compile(r"[0-9a-f]{40}")

_SHORT_ID = re.compile(r"[0-9a-f]{7,39}")
_FORBIDDEN = re.compile(r"[\x00-\x20\x7f~^:?*\[\\]|\.\.|@\{|//|/\.|\.lock(?:/|$)")


class Choice(NamedTuple):
    """What a ref means: `commit`, or None when only the history can tell; `name` is a full ref that leads there."""

    commit: str | None
    name: str = ""


def check(ref: str) -> None:
    """Raises Stopped: ref_malformed. The empty ref is the remote's HEAD."""
    if not ref:
        return
    is_refused = ref.startswith(("-", "/", ".")) or ref.endswith(("/", ".")) or ref == "@" or _FORBIDDEN.search(ref)
    if is_refused or len(ref.encode(errors="surrogatepass")) > LONGEST_BYTES or not ref.isprintable():
        raise Stopped("ref_malformed", ref=ref[:100])


def choose(ref: str, heads: Mapping[str, str], default: str = "") -> Choice:
    """Which commit `ref` means among `heads`, full names to ids; `default` is the branch that HEAD leads to.

    Raises Stopped: repository_empty, ref_missing.
    """
    if not heads:
        raise Stopped("repository_empty")
    if ref in ("", "HEAD"):
        name = default or "HEAD"
        if name not in heads:
            raise Stopped("head_missing", close=", ".join(sorted(_short_names(heads))[:CLOSE_MATCHES]))
        return Choice(heads[name], name)
    for name in (f"{BRANCHES}{ref}", f"{TAGS}{ref}", ref if ref.startswith("refs/") else ""):
        if name in heads:
            return Choice(heads.get(name + PEELED, heads[name]), name)
    lowered = ref.lower()
    if ID.fullmatch(lowered):
        leads = (name for name, commit in sorted(heads.items()) if commit == lowered)
        return Choice(lowered, next((name.removesuffix(PEELED) for name in leads if name != "HEAD"), ""))
    if _SHORT_ID.fullmatch(lowered):
        tips = {commit for name, commit in heads.items() if commit.startswith(lowered)}
        return Choice(tips.pop()) if len(tips) == 1 else Choice(None)
    raise Stopped("ref_missing", ref=ref, close=", ".join(_close(ref, heads)))


def _close(ref: str, heads: Mapping[str, str]) -> list[str]:
    short = _short_names(heads)
    lowered = {name.lower(): name for name in sorted(short)}
    close = difflib.get_close_matches(ref.lower(), lowered, n=CLOSE_MATCHES, cutoff=0.5)
    return [lowered[name] for name in close]


def _short_names(heads: Mapping[str, str]) -> set[str]:
    return {
        name.removeprefix(BRANCHES).removeprefix(TAGS)
        for name in heads
        if name.startswith((BRANCHES, TAGS)) and not name.endswith(PEELED)
    }
