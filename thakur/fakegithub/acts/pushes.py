"""What follows when refs have moved, whoever has moved them: a push, a page that commits, a merge."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from thakur.fakegithub.events.pushes import push_event, ref_event
from thakur.fakegithub.git.commits import ZERO, move, refs
from thakur.fakegithub.hooks import Hooks
from thakur.fakegithub.people.accounts import FakeAccount
from thakur.fakegithub.state import FakeRepository

# More tags than these in one push make no event.
TAGS = 3
_TOLD = ("refs/heads/", "refs/tags/")

# Is told the branch, what it was, what it is, and who has moved it.
Follower = Callable[[FakeRepository, str, str, str, FakeAccount], None]


class Pushes:
    """Tells Apps by events, and those who follow branches directly."""

    def __init__(self, hooks: Hooks, web_url: str) -> None:
        self.followers: list[Follower] = []
        self._hooks = hooks
        self._web_url = web_url
        self._under_way: dict[int, dict[str, str]] = {}

    def move(self, repository: FakeRepository, branch: str, sha: str | None, by: FakeAccount) -> None:
        """Let the branch be this commit, or be gone, as if it were pushed."""
        before, ref = refs(repository.path), f"refs/heads/{branch}"
        move(repository.path, ref, sha)
        self._happened(repository, before, refs(repository.path), by)
        # A push that is under way does not tell of it again.
        meanwhile = self._under_way.get(repository.id, {})
        if sha is None:
            meanwhile.pop(ref, None)
        else:
            meanwhile[ref] = sha

    @contextmanager
    def receiving(self, repository: FakeRepository, by: FakeAccount) -> Iterator[None]:
        """What git moves within the block, one push at a time, is told at its end."""
        before = self._under_way[repository.id] = refs(repository.path)
        try:
            yield
        finally:
            del self._under_way[repository.id]
            self._happened(repository, before, refs(repository.path), by)

    def _happened(
        self, repository: FakeRepository, before: dict[str, str], after: dict[str, str], by: FakeAccount
    ) -> None:
        moved = [name for name in sorted({*before, *after}) if before.get(name) != after.get(name)]
        moved = [name for name in moved if name.startswith(_TOLD)]
        if sum(name.startswith("refs/tags/") for name in moved) > TAGS:
            moved = [name for name in moved if not name.startswith("refs/tags/")]
        for name in moved:
            old, new = before.get(name, ZERO), after.get(name, ZERO)
            if ZERO in (old, new):
                event, payload = ref_event(repository, name, by, self._web_url, is_new=old == ZERO)
                self._hooks.happened(repository, event, payload)
            self._hooks.happened(repository, "push", push_event(repository, name, old, new, by, self._web_url))
            if name.startswith("refs/heads/"):
                for follow in self.followers:
                    follow(repository, name.removeprefix("refs/heads/"), old, new, by)
