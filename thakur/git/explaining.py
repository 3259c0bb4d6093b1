"""The table of what can go wrong with a repository, in words for a person. Pure."""

from collections import defaultdict
from collections.abc import Mapping
from typing import NamedTuple

import thakur.git.sentences as said


class Explanation(NamedTuple):
    """What happened, why, and what to do next."""

    what: str
    why: str
    next: str


def explain(code: str, facts: Mapping[str, str]) -> Explanation:
    """The three sentences of a stop."""
    known: defaultdict[str, str] = defaultdict(str, facts)
    if code.endswith(("_bytes", "_unpacked", "_large")):
        known["limit"] = f"{int(facts.get('limit', 0)) / 1024**2:,.0f} MB"
    sentences = [sentence.format_map(known) for sentence in said.STOPS.get(code, said.UNKNOWN)]
    if code in ("ref_missing", "head_missing") and facts.get("close"):
        sentences[2] = f"Did you mean {facts['close']}? {sentences[2]}"
    if code == "url_malformed" and not facts.get("url"):
        sentences[0] = "There is no git URL."
    if code == "address_refused" and facts.get("host") == facts.get("address"):
        sentences[0] = said.ADDRESS.format_map(known)
    return Explanation(*sentences)


def explain_note(code: str, facts: Mapping[str, str]) -> str:
    """The line of a log that says what was left out, and why."""
    known: defaultdict[str, str] = defaultdict(str, facts)
    if code == "submodule":
        known["why"] = explain(facts.get("stopped", ""), facts).what
    return said.NOTES.get(code, "{code} {path}").format_map(known)
