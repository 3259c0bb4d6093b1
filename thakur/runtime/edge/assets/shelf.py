"""A shelf: the assets that are kept of one environment, on disk. Everything here blocks."""

import os
import shutil
from collections.abc import Iterable
from pathlib import Path

import msgspec

from thakur import durable
from thakur.runtime.edge.assets.generations import Generation, Generations
from thakur.runtime.edge.assets.sources import Source, forms

_MODE = 0o750


class Shelf:
    """Hard links in `place`, in `place.gz` and so on their compressed forms, and in `place.json` what they came from."""

    def __init__(self, place: Path) -> None:
        self._place = place
        self._record = place.with_name(f"{place.name}.json")

    def keep(self, artifact: Path, found: Iterable[Source], now: float) -> None:
        """Put there what the artifact has, and take away what has had its time."""
        named = [(source, source.names()) for source in found]
        before = self._load()
        if not before.all and not any(names for _, names in named):
            return
        sizes: dict[str, int] = {}
        for _, names in named:
            for name, size in names.items():
                sizes[name] = sizes.get(name, 0) + size
        kept = before.with_newest(Generation(artifact.name, now, sizes)).at(now)
        self._place.parent.mkdir(exist_ok=True)
        # Noted before it is linked: what is linked and not noted would stay for ever.
        durable.replace(self._record, msgspec.json.encode(kept))
        group = artifact.stat().st_gid
        _open_to(self._place.parent, group)
        for source, names in named:
            place = self._place.with_name(self._place.name + source.suffix)
            for name in kept.names.intersection(names):
                _link(source.path(name), place, name, group)
        self._remove(before.names - kept.names)

    def expire(self, now: float) -> None:
        """Take away what has had its time."""
        before = self._load()
        kept = before.at(now)
        if kept == before:
            return
        self._remove(before.names - kept.names)
        durable.replace(self._record, msgspec.json.encode(kept))
        if not kept.all:
            for place in forms(self._place).values():
                shutil.rmtree(place)
            self._record.unlink()

    def remove(self) -> None:
        """Take away everything."""
        for place in forms(self._place).values():
            shutil.rmtree(place, ignore_errors=True)
        self._record.unlink(missing_ok=True)

    def _remove(self, names: Iterable[str]) -> None:
        places = forms(self._place).values()
        for name in names:
            for place in places:
                (place / name).unlink(missing_ok=True)

    def _load(self) -> Generations:
        try:
            return msgspec.json.decode(self._record.read_bytes(), type=Generations)
        except (FileNotFoundError, msgspec.MsgspecError):
            return Generations()


def _link(file: Path, place: Path, name: str, group: int) -> None:
    target = place / name
    _make(target.parent, place, group)
    try:
        os.link(file, target, follow_symlinks=False)
    except FileExistsError:
        if not target.samefile(file):
            target.unlink()
            os.link(file, target, follow_symlinks=False)


def _make(directory: Path, top: Path, group: int) -> None:
    if directory.is_dir():
        return
    if directory != top:
        _make(directory.parent, top, group)
    directory.mkdir()
    _open_to(directory, group)


def _open_to(directory: Path, group: int) -> None:
    os.chown(directory, -1, group)
    directory.chmod(_MODE)
