"""A site: a directory of files, and beside it the compressed forms that were made of them."""

from thakur.proxy.dataplane.static.encoding import SUFFIXES
from thakur.proxy.dataplane.static.files import File, Folder


class Site:
    """What one directory answers with. `DIRECTORY.gz` has the names of `DIRECTORY`, as far as compressing paid."""

    __slots__ = ("_coded", "_files")

    def __init__(self, files: Folder, coded: dict[bytes, Folder]) -> None:
        self._files = files
        self._coded = coded

    @classmethod
    def open(cls, root_fd: int, directory: str) -> "Site | None":
        """The site, or None when there is no such directory beneath the root."""
        files = Folder.open(root_fd, directory)
        if files is None:
            return None
        found = {coding: Folder.open(root_fd, directory + suffix) for coding, suffix in SUFFIXES.items()}
        return cls(files, {coding: folder for coding, folder in found.items() if folder is not None})

    def find(self, *names: str) -> File | None:
        """The first of these files that is there."""
        return next((file for name in names if (file := self._files.find(name)) is not None), None)

    def coded(self, name: str) -> dict[bytes, File]:
        """The compressed forms of a file by their coding, the best first."""
        return {coding: file for coding, folder in self._coded.items() if (file := folder.find(name)) is not None}

    def close(self) -> None:
        """Give everything back that no answer is using."""
        for folder in (self._files, *self._coded.values()):
            folder.close()
