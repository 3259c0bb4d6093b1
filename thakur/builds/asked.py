"""What is asked to be built: a folder that is sent, or a commit of a repository; and what is kept of where it came from."""

from typing import Literal

import msgspec


class Upload(msgspec.Struct, frozen=True, kw_only=True):
    """What a client says of a folder it sends: its name, and the commit it was at, if it was a git work tree's.

    `is_fresh` asks for a build also when the same source was built before.
    """

    folder: str = ""
    commit: str | None = None
    message: str | None = None
    is_fresh: bool = False


class GitSource(msgspec.Struct, frozen=True, kw_only=True):
    """What a client says of a commit to build.

    Without a `url` the project's repository is meant, and without a `ref` its branch, else the remote's HEAD. With a
    `commit` it is that one, which `ref` led to when somebody looked; `message` and `author` are its own.
    """

    url: str = ""
    ref: str = ""
    commit: str | None = None
    message: str | None = None
    author: str | None = None
    is_fresh: bool = False


class Source(msgspec.Struct, frozen=True, kw_only=True):
    """Where the files came from.

    `digest` names what they are: the SHA-256 of an upload as received; of a commit one that stands for it and for what git
    may fetch beside it, and nothing until its ref is resolved. Of a git source `url` holds no secret, and `ref` is what was asked for: empty for the remote's HEAD. A fresh one is
    built also when an artifact of the same source and settings is there, and without framework caches. A pinned one is of
    the `commit` that was asked for, wherever its ref leads by now. A foreign one comes from a fork: it is lent nothing that
    other builds have made, and leaves nothing for them.
    """

    kind: Literal["upload", "git"] = "upload"
    digest: str = ""
    size_bytes: int = 0
    folder: str = ""
    url: str = ""
    ref: str = ""
    commit: str | None = None
    message: str | None = None
    author: str | None = None
    is_fresh: bool = False
    is_pinned: bool = False
    is_foreign: bool = False
