"""What an application in a repository with several packages is built from besides its own root, by what GitHub shows of it."""

import posixpath
from collections import OrderedDict
from collections.abc import Collection

from thakur.github import Blob, Commits, NotThere
from thakur.webhooks.filters.packages import (
    MANIFEST,
    Manifest,
    is_touched,
    is_within,
    manifest_of,
    needed_by,
    packages_in,
)

# Each that is not known yet is a question of its own.
MANIFESTS = 60
KEPT = 2000


class Surroundings:
    """Keeps the manifests that it has read: git names a content by its hash."""

    def __init__(self) -> None:
        self._kept: OrderedDict[str, Manifest] = OrderedDict()

    async def touch(self, commits: Commits, sha: str, root: str, changed: Collection[str]) -> bool:
        """Whether one of the changed files may be a part of what is built in `root`."""
        if any(is_within(path, root) for path in changed):
            return True
        files = await commits.files(sha)
        if files is None:
            return True
        packages = packages_in(each.path for each in files)
        manifests = await self._manifests(commits, sha, packages, files)
        if manifests is None:
            return True
        return is_touched(changed, root, packages, needed_by(root, manifests))

    async def _manifests(
        self, commits: Commits, sha: str, packages: Collection[str], files: Collection[Blob]
    ) -> dict[str, Manifest] | None:
        blobs = {each.path: each.sha for each in files}
        wanted = {each: blobs.get(posixpath.join(each, MANIFEST)) for each in packages}
        if sum(1 for blob in wanted.values() if blob and blob not in self._kept) > MANIFESTS:
            return None
        found = dict[str, Manifest]()
        for directory, blob in wanted.items():
            if blob is None:
                continue
            manifest = await self._manifest(commits, sha, posixpath.join(directory, MANIFEST), blob)
            if manifest is None:
                return None
            found[directory] = manifest
        return found

    async def _manifest(self, commits: Commits, sha: str, path: str, blob: str) -> Manifest | None:
        if blob in self._kept:
            self._kept.move_to_end(blob)
            return self._kept[blob]
        try:
            manifest = manifest_of(await commits.text(sha, path))
        except NotThere:
            return None
        if manifest is not None:
            self._kept[blob] = manifest
            if len(self._kept) > KEPT:
                self._kept.popitem(last=False)
        return manifest
