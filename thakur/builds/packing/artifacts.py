"""Artifacts: what a finished workspace leaves, kept under the digest of its content and never written again."""

import asyncio
import os
import tempfile
from pathlib import Path

import msgspec

from thakur import durable
from thakur.builds.interface import ArtifactNotFound, BuildFailed, Failure
from thakur.builds.packing.contents import Digest, Item, ItemKind, digest_of, file_digest, mark_content, walk
from thakur.builds.packing.pool import POOL, Pool
from thakur.builds.packing.variants import CODINGS, Text, is_text, make_variants
from thakur.builds.sources.links import Parts, stays_inside
from thakur.builds.workspaces.disk import finish_removals, remove_tree, sync_file_system

# Names are strings here: a tree has up to 500,000 of them, and Path costs more than the system call.
# ruff: noqa: PTH101, PTH108, PTH115

DIRECTORY_MODE = 0o750
FILE_MODE = 0o640
EXECUTABLE_MODE = 0o750
_PARTIAL = ".partial-"


class Packed(msgspec.Struct, frozen=True):
    """An artifact that lies in its place. `size_bytes` is all of it, with the `variants_bytes` that lie beside it."""

    digest: str
    size_bytes: int
    files: int
    variants_bytes: int = 0


class LocalArtifacts:
    """Implements ArtifactStore on this host's disk: `directory/<project id>/<digest>/`, and beside it its variants.

    `service_gid` is the group of the proxy's workers, which serve the files; None leaves owners as they are.
    """

    def __init__(self, directory: Path, service_gid: int | None = None) -> None:
        self._directory = directory
        self._service_gid = service_gid

    async def directory(self, project_id: int, digest: str) -> str:
        path = self._path(project_id, digest)
        if not path.is_dir():
            raise ArtifactNotFound(f"There is no artifact {digest[:12]} on this host.", hint="Deploy again.")
        return str(path)

    async def verify(self, project_id: int, digest: str) -> bool:
        """Whether the artifact's content is still what its name says. Raises ArtifactNotFound."""
        path = await self.directory(project_id, digest)
        return await asyncio.to_thread(digest_of, Path(path)) == digest

    async def remove(self, project_id: int, digest: str) -> None:
        """Remove one artifact, and what of the project's pool it alone held. May be called twice."""
        await asyncio.to_thread(self._remove, project_id, digest)

    async def remove_project(self, project_id: int) -> None:
        """Remove every artifact of the project. May be called twice."""
        await asyncio.to_thread(remove_tree, self._directory / str(project_id))

    def pack(self, project_id: int, kept: Path, uid: int | None, *, is_served: bool = False) -> Packed:
        """Move the directory `kept` of a workspace, in which nothing runs any more, to its place. Blocking.

        One that is served as it is gets its variants. What was packed before changes nothing. Raises BuildFailed.
        """
        project = self._path(project_id, "")
        project.mkdir(mode=0o755, parents=True, exist_ok=True)
        partial = Path(tempfile.mkdtemp(prefix=_PARTIAL, dir=project))
        try:
            moved = partial / "content"
            kept.chmod(DIRECTORY_MODE)
            kept.rename(moved)
            pool = Pool(project / POOL)
            packing = _Packing(moved, pool, uid, self._service_gid, is_served=is_served)
            packed = packing.all()
            if is_served:
                size = make_variants(moved, packing.texts, partial, pool, self._service_gid)
                packed = msgspec.structs.replace(packed, size_bytes=packed.size_bytes + size, variants_bytes=size)
            sync_file_system(project)
            place = self._path(project_id, packed.digest)
            # Before the artifact: from then on it is complete.
            for coding in CODINGS:
                if (partial / coding).is_dir():
                    self._publish(partial / coding, _variants(place, coding))
            self._publish(moved, place)
        finally:
            remove_tree(partial)
        return packed

    def remove_partial(self) -> None:
        """Remove what a crash left half packed. Only before the first `pack`."""
        finish_removals(self._directory)
        for project in self._directory.glob("*"):
            finish_removals(project)
            for path in project.glob(f"{_PARTIAL}*"):
                remove_tree(path)
            for coding in CODINGS:
                for path in project.glob(f"*.{coding}"):
                    if not path.with_suffix("").is_dir():
                        remove_tree(path)
            Pool(project / POOL).sweep()

    def _remove(self, project_id: int, digest: str) -> None:
        place = self._path(project_id, digest)
        for path in (*(_variants(place, coding) for coding in CODINGS), place):
            remove_tree(path)
        if (pool := self._path(project_id, POOL)).is_dir():
            Pool(pool).sweep()

    def _path(self, project_id: int, digest: str) -> Path:
        return self._directory / str(project_id) / digest

    def _publish(self, moved: Path, place: Path) -> None:
        try:
            moved.rename(place)
        except OSError:
            # Only an artifact of the same name can lie there, and a directory is not replaced by one.
            if not place.is_dir():
                raise
        durable.sync_directory(place.parent)


class _Packing:
    def __init__(self, root: Path, pool: Pool, uid: int | None, gid: int | None, *, is_served: bool) -> None:
        self._root = os.fsencode(root)
        self._pool = pool
        self._uid = -1 if uid is None else uid
        self._gid = -1 if gid is None else gid
        self._is_served = is_served
        self.texts: list[Text] = []

    def all(self) -> Packed:
        items = walk(Path(os.fsdecode(self._root)), opens=True)
        links = {_parts(item.path): self._target(item) for item in items if item.kind is ItemKind.LINK}
        digest = Digest()
        size = files = 0
        self._take(self._root, DIRECTORY_MODE)
        for item in items:
            path = self._root + b"/" + item.path
            if item.kind is ItemKind.OTHER:
                os.unlink(path)
            elif item.kind is ItemKind.DIRECTORY:
                self._take(path, DIRECTORY_MODE)
                digest.add(item)
            elif item.kind is ItemKind.LINK:
                digest.add(item, os.fsencode(_checked(item, links)))
            else:
                content = self._file(path, item)
                digest.add(item, content)
                if self._is_served:
                    mark_content(path, content)
                if is_text(item.path, item.size_bytes):
                    self.texts.append(Text(item.path, content, item.size_bytes))
                size += item.size_bytes
                files += 1
        return Packed(digest.hexdigest(), size, files)

    def _file(self, path: bytes, item: Item) -> bytes:
        content = file_digest(path)
        # A file with a second name shares its bytes with bun's cache: a later build could write into the artifact.
        if item.is_shared and self._pool.replace(path, content, is_executable=item.is_executable):
            return content
        self._take(path, EXECUTABLE_MODE if item.is_executable else FILE_MODE)
        if item.is_shared:
            self._pool.add(path, content, is_executable=item.is_executable)
        return content

    def _take(self, path: bytes, mode: int) -> None:
        os.chown(path, self._uid, self._gid, follow_symlinks=False)
        os.chmod(path, mode)

    def _target(self, item: Item) -> str:
        return os.fsdecode(os.readlink(self._root + b"/" + item.path))


def _variants(place: Path, coding: str) -> Path:
    return place.with_name(f"{place.name}.{coding}")


def _checked(item: Item, links: dict[Parts, str]) -> str:
    parts = _parts(item.path)
    if stays_inside(parts, links):
        return links[parts]
    raise BuildFailed(
        Failure(
            code="link_outside",
            what=f"The build's result holds a link that leaves it: {'/'.join(parts)} → {links[parts]}.",
            why="An artifact is moved to other places, where such a link would lead to nothing or to another's files.",
            next="Let the build copy the file instead of linking to it.",
        )
    )


def _parts(path: bytes) -> Parts:
    return tuple(os.fsdecode(path).split("/"))
