"""thakur.toml and thakur.json: what a repository says of itself."""

import json
import posixpath
import tomllib
from typing import Any

from thakur.builds.detection.tree import Tree
from thakur.builds.interface import BuildFailed, Failure
from thakur.projects import Overrides, SettingRefused, overrides_of

NAMES = ("thakur.toml", "thakur.json")


def read_file(tree: Tree, directory: str) -> tuple[str, Overrides] | None:
    """The file of that directory, its path and what it says; None when there is none. Raises BuildFailed."""
    paths = [path for name in NAMES if tree.has(path := posixpath.normpath(f"{directory}/{name}"))]
    if not paths:
        return None
    if len(paths) > 1:
        raise BuildFailed(_invalid(f"There are both {' and '.join(paths)}.", "Keep one of them."))
    path = paths[0]
    try:
        return path, overrides_of(_parsed(path, tree.text(path)))
    except SettingRefused as error:
        raise BuildFailed(_invalid(f"{path} is refused: {error.message}.", error.hint)) from error


def _parsed(path: str, text: str) -> dict[str, Any]:
    try:
        found = tomllib.loads(text) if path.endswith(".toml") else json.loads(text.removeprefix("\ufeff"))
    except (ValueError, RecursionError) as error:
        why = f"{path} cannot be read: {error}."
        raise BuildFailed(_invalid(why, f"Correct {path} and deploy again.")) from error
    if not isinstance(found, dict):
        raise BuildFailed(_invalid(f"{path} holds no settings.", "Write an object of names and values."))
    return found


def _invalid(why: str, following: str) -> Failure:
    return Failure(
        code="settings_invalid", what="The repository's own settings cannot be followed.", why=why, next=following
    )
