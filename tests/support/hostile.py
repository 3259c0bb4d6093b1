"""Hostile applications as folders to deploy: one tries to break out, one overwrites what it finds."""

import json
import shutil
from pathlib import Path
from typing import Any

PROBE = Path(__file__).parents[1] / "apps" / "probe" / "probe.mjs"
# A shell counts on where a runtime would abort: at the limit it says so and ends.
FORK_BOMB = "forked=0; while sleep 60 & do forked=$((forked + 1)); echo forked $forked; done"
SCRIBBLER = Path(__file__).parents[1] / "apps" / "scribbler"


def probing(folder: Path, asked: dict[str, list[Any]], *, building: str = "") -> Path:
    """The probe, in its build and in its application, with what it is to try; `building` is the build's verb."""
    folder.mkdir(exist_ok=True)
    shutil.copy(PROBE, folder)
    # There is no way yet to give a project variables of its own, so a file sets this one.
    (folder / "main.mjs").write_text(
        f"process.env.PROBE = {json.dumps(json.dumps(asked))};\nawait import('./probe.mjs');\n"
    )
    scripts = {"build": f"bun main.mjs {building} > built.json", "start": "bun main.mjs serve"}
    (folder / "package.json").write_text(json.dumps({"name": "probe", "scripts": scripts}))
    return folder


def fork_bombing(folder: Path) -> Path:
    """A build that starts processes until it is refused."""
    folder.mkdir()
    (folder / "bomb.sh").write_text(FORK_BOMB)
    (folder / "index.html").write_text("never")
    (folder / "package.json").write_text(
        json.dumps({"name": "bomb", "scripts": {"build": "sh bomb.sh", "start": "true"}})
    )
    return folder


def scribbling(folder: Path) -> Path:
    """An application and a build that overwrite files in place: their own, a package's, the cache's."""
    return Path(shutil.copytree(SCRIBBLER, folder))
