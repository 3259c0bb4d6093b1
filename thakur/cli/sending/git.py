"""Questions to git about a folder. Only plumbing that reads objects, the index and names: it runs nothing of the repository's."""

import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from thakur.cli.interface import FolderUnreadable
from thakur.cli.sending.entries import CHUNK_BYTES

GIT_SECONDS = 120.0
# The clone may be another user's: git is told to trust it, and then not to run or fetch what its configuration names.
CAREFULLY = ("-c", "safe.directory=*", "-c", "core.fsmonitor=false")
# Inside a hook git's own variables point at the repository of the hook.
UNSET = ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX")
SET = ("GIT_ALLOW_PROTOCOL=none", "GIT_NO_LAZY_FETCH=1", "GIT_OPTIONAL_LOCKS=0", "LC_ALL=C")


@dataclass(frozen=True)
class Head:
    """The commit that is checked out."""

    commit: str
    at: int
    message: str


@dataclass(frozen=True)
class Blob:
    """A name in HEAD's tree: `mode` is git's, `object_id` names the content."""

    name: str
    mode: str
    object_id: str
    size_bytes: int


class Git:
    """The repository that a folder lies in."""

    def __init__(self, folder: Path) -> None:
        unset = [word for name in UNSET for word in ("-u", name)]
        self._argv = ["/usr/bin/env", *unset, *SET, "git", *CAREFULLY, "-C", str(folder)]

    @classmethod
    def of(cls, folder: Path) -> "Git | None":
        """The repository, if git is installed and the folder is in a work tree."""
        git = cls(folder)
        return git if shutil.which("git") and git.is_work_tree() else None

    def is_work_tree(self) -> bool:
        return self._try("rev-parse", "--is-inside-work-tree") == b"true\n"

    def head(self) -> Head | None:
        """The commit that is checked out; nothing in a repository without one."""
        answer = self._try("log", "-1", "--no-show-signature", "--format=%H%x00%ct%x00%s", "HEAD")
        if not answer:
            return None
        commit, at, message = answer.decode(errors="replace").rstrip("\n").split("\0", 2)
        return Head(commit, int(at), message)

    def blobs(self) -> list[Blob]:
        """HEAD's files below the folder, named from there."""
        found = []
        for line in self._names("ls-tree", "-r", "-z", "-l", "HEAD"):
            about, _, name = line.partition("\t")
            mode, _, object_id, size = about.split()
            found.append(Blob(name, mode, object_id, int(size) if size.isdecimal() else 0))
        return found

    def indexed(self) -> set[str]:
        """The names below the folder that git tracks now."""
        return set(self._names("ls-files", "-z", "--cached"))

    def untracked(self) -> set[str]:
        """The names below the folder that git neither tracks nor ignores; other repositories inside are left out."""
        names = self._names("ls-files", "-z", "--others", "--exclude-standard")
        return {name for name in names if not name.endswith("/")}

    def contents(self) -> "Contents":
        """A reader of blobs, to be used in a `with`."""
        return Contents([*self._argv, "cat-file", "--batch"])

    def _names(self, *question: str) -> list[str]:
        answer = self._try(*question)
        if answer is None:
            raise FolderUnreadable(
                f"git does not answer: git {' '.join(question)}", hint="Is the repository whole? Try: git fsck"
            )
        return [name.decode(errors="surrogateescape") for name in answer.split(b"\0") if name]

    def _try(self, *question: str) -> bytes | None:
        try:
            done = subprocess.run(
                [*self._argv, *question],
                capture_output=True,
                timeout=GIT_SECONDS,
                check=False,
                stdin=subprocess.DEVNULL,
            )
        except (OSError, subprocess.TimeoutExpired):
            return None
        return done.stdout if done.returncode == 0 else None


class Contents:
    """One git that hands out blobs, one after the other."""

    def __init__(self, argv: list[str]) -> None:
        self._argv = argv

    def __enter__(self) -> Self:
        self._process = subprocess.Popen(
            self._argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.kill()
        self._process.communicate()

    def read(self, blob: Blob) -> Iterator[bytes]:
        """The content in chunks; each must be read to its end before the next is asked for. Raises FolderUnreadable."""
        questions, answers = self._pipes()
        questions.write(f"{blob.object_id}\n".encode())
        questions.flush()
        about = answers.readline().split()
        if len(about) != 3:
            raise FolderUnreadable(
                f"git has no content for {blob.name}", hint="Fetch it with git, or send the working tree with --dirty."
            )
        left = int(about[2])
        while left:
            chunk = answers.read(min(left, CHUNK_BYTES))
            if not chunk:
                raise FolderUnreadable(f"git broke off while reading {blob.name}")
            left -= len(chunk)
            yield chunk
        answers.read(1)

    def _pipes(self) -> tuple[IO[bytes], IO[bytes]]:
        assert self._process.stdin
        assert self._process.stdout
        return self._process.stdin, self._process.stdout
