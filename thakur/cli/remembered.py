"""What the command remembers between its runs: the project that each folder was last deployed to."""

import json
from pathlib import Path

from thakur.settings import ClientSettings


def remembered_project(settings: ClientSettings, folder: Path) -> str | None:
    """The project of this folder, or of the nearest one above it."""
    known = _read(settings)
    for place in (folder, *folder.parents):
        if name := known.get(str(place)):
            return name
    return None


def remember_project(settings: ClientSettings, folder: Path, project: str) -> None:
    """Keep it for the next run. Not being able to is no reason to fail."""
    known = _read(settings)
    if known.get(str(folder)) == project:
        return
    path = _path(settings)
    fresh = path.with_suffix(".new")
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        fresh.write_text(json.dumps(known | {str(folder): project}, indent=2) + "\n")
        fresh.replace(path)
    except OSError:
        fresh.unlink(missing_ok=True)


def _path(settings: ClientSettings) -> Path:
    return settings.config_dir / "folders.json"


def _read(settings: ClientSettings) -> dict[str, str]:
    try:
        known = json.loads(_path(settings).read_text())
    except (OSError, ValueError):
        return {}
    return {str(folder): str(name) for folder, name in known.items()} if isinstance(known, dict) else {}
