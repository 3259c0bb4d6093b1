"""Wishes: what a package.json asks of the programs that install and run it."""

import json
from collections.abc import Mapping

import msgspec

from thakur.builds.detection.versions import is_within


class Wishes(msgspec.Struct, frozen=True, kw_only=True):
    """`engines` are ranges by program. `names_trusted` says that package.json lists whose scripts may run."""

    engines: dict[str, str] = {}
    package_manager: str = ""
    names_trusted: bool = False


def read_wishes(text: str) -> Wishes:
    """From the text of a package.json; nothing from one that cannot be read."""
    try:
        found = json.loads(text.removeprefix("\ufeff"))
    except (ValueError, RecursionError):
        return Wishes()
    if not isinstance(found, dict):
        return Wishes()
    engines, manager = found.get("engines"), found.get("packageManager")
    return Wishes(
        engines={name: text for name, text in engines.items() if isinstance(text, str)}
        if isinstance(engines, dict)
        else {},
        package_manager=manager if isinstance(manager, str) else "",
        names_trusted="trustedDependencies" in found,
    )


def unmet(wishes: Wishes, versions: Mapping[str, str], stand_in: str) -> list[str]:
    """A sentence for each engine that is not what package.json asks for.

    `versions` are those of `bun` and, where there is one, `node`; `stand_in` is the node that bun behaves like.
    """
    sentences = []
    wanted = wishes.engines.get("node", "")
    if stand_in and not is_within(stand_in, wanted):
        node = versions.get("node")
        there = f"; this host's node is {node}" if node else "; this host has no node"
        sentences.append(
            f"package.json asks for node {wanted}. Tools run on bun, which behaves like node {stand_in}{there}."
        )
    wanted = wishes.engines.get("bun", "")
    if "bun" in versions and not is_within(versions["bun"], wanted):
        sentences.append(f"package.json asks for bun {wanted}. This host has bun {versions['bun']}.")
    return sentences
