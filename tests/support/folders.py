"""Folders in memory, as detection sees them."""

import json
from collections.abc import Mapping
from typing import Any

from thakur.builds import Plan
from thakur.builds.detection.detect import Decision, decide
from thakur.builds.detection.tree import Tree
from thakur.projects import Overrides


def package(needs: str = "", **fields: Any) -> str:
    """The text of a package.json: `needs` are dependencies, `name@version` or a name alone; `tools` likewise."""
    tools = fields.pop("tools", "")
    return json.dumps({"dependencies": _versions(needs), "devDependencies": _versions(tools), **fields})


def tree_of(*names: str, **texts: str) -> Tree:
    """Files by name, and by their texts where those count."""
    return tree(dict.fromkeys(names, "") | texts)


def tree(files: Mapping[str, str]) -> Tree:
    """The files, all of them with their texts."""
    return Tree(frozenset(files), dict(files))


def decided(files: Mapping[str, str], **settings: Any) -> Decision:
    """What is decided about the files under these settings of their project."""
    return decide(tree(files), Overrides(**settings))


def plan_of(files: Mapping[str, str], **settings: Any) -> Plan:
    """The plan that is followed."""
    return decided(files, **settings).effective


def _versions(words: str) -> dict[str, str]:
    split = [word.rpartition("@") if "@" in word[1:] else (word, "", "*") for word in words.split()]
    return {name: version for name, _, version in split}
