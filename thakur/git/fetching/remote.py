"""One remote repository by libgit2: what it has, and a commit of it with as little history as its server allows."""

import contextlib
from collections.abc import Collection, Iterator
from typing import Any, NamedTuple

import pygit2

from .dialing import Dialer
from .refs import BRANCHES, TAGS
from .relay import Relay
from .stops import Stopped
from .urls import Url

FETCHED = "refs/thakur/fetched"


class Borders(NamedTuple):
    """How much may come, and how long nothing may come."""

    received_bytes: int
    stall_seconds: float


class Heads(NamedTuple):
    """Full names to ids, and the branch that HEAD leads to."""

    ids: dict[str, str]
    default: str


class Remote:
    """`token` is `USER:TOKEN`, or empty. Every method raises Stopped."""

    def __init__(
        self, repository: Any, url: Url, token: str, dialer: Dialer, schemes: Collection[str], borders: Borders
    ) -> None:
        self._repository = repository
        self._url = url
        self._token = token
        self._dialer = dialer
        self._schemes = schemes
        self._borders = borders

    def heads(self) -> Heads:
        try:
            with self._connected() as remote:
                heads = remote.list_heads()
        except _NotGiven as error:
            raise Stopped("protocol", reason=str(error)) from error
        ids = {head.name: str(head.oid) for head in heads}
        default = next((head.symref_target for head in heads if head.name == "HEAD" and head.symref_target), "")
        return Heads(ids, default)

    def fetch(self, commit: str, name: str) -> str:
        """Fetch `commit`, or what `name` leads to by now; returns which commit it is.

        The ref first, since every server gives that at depth 1; then the commit by its id; then everything.
        """
        for wanted in filter(None, (name if name.startswith("refs/") else "", commit)):
            with contextlib.suppress(_NotGiven):
                self._fetch([f"+{wanted}:{FETCHED}"], depth=0 if self._url.scheme == "file" else 1)
                if (found := self._found(commit)) is not None:
                    return found
        self.fetch_all()
        if (found := self._found(commit)) is None:
            raise Stopped("commit_missing", commit=commit)
        return found

    def fetch_all(self) -> None:
        """Every branch and tag with its whole history."""
        try:
            self._fetch([f"+{BRANCHES}*:{BRANCHES}*", f"+{TAGS}*:{TAGS}*"], depth=0)
        except _NotGiven as error:
            raise Stopped("protocol", reason=str(error)) from error

    def full_id(self, short: str) -> str:
        """The one commit whose id begins so, after `fetch_all`."""
        try:
            return str(self._repository[short].peel(pygit2.Commit).id)
        except (KeyError, ValueError, pygit2.GitError) as error:
            raise Stopped("commit_missing", commit=short) from error

    def _found(self, commit: str) -> str | None:
        try:
            return str(self._repository[commit].peel(pygit2.Commit).id)
        except (KeyError, ValueError, pygit2.GitError):
            return None

    def _fetch(self, refspecs: list[str], depth: int) -> None:
        with self._connected() as remote:
            remote.fetch(refspecs, callbacks=_Counting(self._borders), depth=depth)

    @contextlib.contextmanager
    def _connected(self) -> Iterator[Any]:
        if self._url.scheme == "file":
            with _translated(None):
                yield self._repository.remotes.create_anonymous(self._url.text)
            return
        limit_bytes, stall_seconds = self._borders
        relay = Relay(self._url, self._token, self._dialer, self._schemes, limit_bytes, stall_seconds)
        with relay, _translated(relay):
            yield self._repository.remotes.create_anonymous(relay.url)


class _NotGiven(Exception):
    """The server does not give what was asked for in this way."""


class _Counting(pygit2.RemoteCallbacks):
    def __init__(self, borders: Borders) -> None:
        super().__init__()
        self._borders = borders

    def transfer_progress(self, stats: Any) -> None:
        # Of a repository on this host nothing passes the relay.
        if stats.received_bytes > self._borders.received_bytes:
            raise Stopped("too_many_bytes", limit=str(self._borders.received_bytes))


@contextlib.contextmanager
def _translated(relay: Relay | None) -> Iterator[None]:
    try:
        yield
    except (pygit2.GitError, KeyError, ValueError, OSError) as error:
        if relay is not None and relay.stopped is not None:
            raise relay.stopped from error
        words = str(error)
        if "not found" in words.lower() or "failed to resolve path" in words:
            raise Stopped("repository_missing") from error
        # The server tells in words of its own that it gives no such commit or no part of a history.
        raise _NotGiven(words) from error
