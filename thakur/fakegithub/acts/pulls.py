"""Pull requests: opened, moved by pushes, merged, closed and opened again; and the events of each."""

from typing import Any

from thakur.fakegithub.acts.pushes import Pushes
from thakur.fakegithub.door.answers import Refusal
from thakur.fakegithub.events.pulls import pull_event
from thakur.fakegithub.git.commits import ZERO, branches, fetch, is_within, move
from thakur.fakegithub.git.merging import merged
from thakur.fakegithub.hooks import Hooks
from thakur.fakegithub.people.accounts import FakeAccount
from thakur.fakegithub.state import FakePull, FakeRepository, State


class Pulls:
    """Everything that becomes of pull requests; `refs/pull/N/head` is kept where they lead to."""

    def __init__(self, state: State, hooks: Hooks, pushes: Pushes, web_url: str) -> None:
        self._state = state
        self._hooks = hooks
        self._pushes = pushes
        self._web_url = web_url

    def open(
        self, head: FakeRepository, branch: str, by: FakeAccount, title: str, base: str = "", body: str | None = None
    ) -> FakePull:
        """From the branch to one of its repository, or of that which it is a fork of."""
        repository = head.fork_of or head
        base = base or repository.default_branch
        head_sha, base_sha = branches(head.path).get(branch), branches(repository.path).get(base)
        if head_sha is None or base_sha is None or (head is repository and branch == base):
            raise Refusal(422, "Validation Failed")
        same = (each for each in repository.pulls if each.state == "open" and each.head is head)
        if any((each.head_ref, each.base_ref) == (branch, base) for each in same):
            raise Refusal(422, "Validation Failed")
        number = len(repository.pulls) + 1
        made = FakePull(
            self._state.new_id(), number, repository, base, base_sha, head, branch, head_sha, by, title, body
        )
        made.made_at = self._state.now()
        repository.pulls.append(made)
        self._keep(made)
        self._tell(made, "opened", by)
        return made

    def edit(self, pull: FakePull, by: FakeAccount, title: str, body: str | None) -> None:
        """Other words."""
        changes = {}
        for name, value in (("title", title), ("body", body)):
            before = getattr(pull, name)
            if before != value:
                changes[name] = {"from": before or ""}
                setattr(pull, name, value)
        if changes:
            self._tell(pull, "edited", by, changes=changes)

    def close(self, pull: FakePull, by: FakeAccount) -> None:
        if pull.state == "open":
            pull.state, pull.closed_at = "closed", self._state.now()
            self._tell(pull, "closed", by)

    def reopen(self, pull: FakePull, by: FakeAccount) -> None:
        """As it was, at what its branch is now."""
        now = branches(pull.head.path).get(pull.head_ref) if pull.head is not None else None
        if pull.state == "open" or pull.merged_at is not None or now is None:
            raise Refusal(422, "Validation Failed")
        pull.state, pull.closed_at, pull.head_sha = "open", None, now
        self._keep(pull)
        self._tell(pull, "reopened", by)

    def delete_branch(self, pull: FakePull, by: FakeAccount) -> None:
        """Of the same repository, once it is closed; what it brought is kept."""
        if pull.state == "open" or pull.is_from_fork or pull.head_ref not in branches(pull.repository.path):
            raise Refusal(422, "Reference does not exist")
        self._pushes.move(pull.repository, pull.head_ref, None, by)

    def merge(self, pull: FakePull, by: FakeAccount) -> None:
        """A commit of both goes to the base's branch, and the rest follows from that."""
        if pull.state != "open":
            raise Refusal(405, "Pull Request is not mergeable")
        path = pull.repository.path
        message = f"Merge pull request #{pull.number} from {pull.user.login}/{pull.head_ref}\n\n{pull.title}"
        made = merged(path, branches(path)[pull.base_ref], pull.head_sha, by, message)
        if made is None:
            raise Refusal(405, "Pull Request is not mergeable")
        self._pushes.move(pull.repository, pull.base_ref, made, by)

    def pushed(self, repository: FakeRepository, branch: str, before: str, after: str, by: FakeAccount) -> None:
        """Those from the branch move along, and those to it may have arrived."""
        every = [each for one in self._state.repositories.values() for each in one.pulls if each.state == "open"]
        for pull in every:
            if pull.head is repository and pull.head_ref == branch:
                self._head_moved(pull, before, after, by)
            elif pull.repository is repository and pull.base_ref == branch:
                self._base_moved(pull, after, by)

    def forget(self, repository: FakeRepository) -> None:
        """The repository is gone; its pull requests elsewhere have no head any more."""
        for each in (pull for one in self._state.repositories.values() for pull in one.pulls):
            if each.head is repository and each.repository is not repository:
                each.head = None
                self.close(each, repository.account)

    def _head_moved(self, pull: FakePull, before: str, after: str, by: FakeAccount) -> None:
        if after == ZERO:
            self.close(pull, by)
            return
        pull.head_sha = after
        self._keep(pull)
        self._tell(pull, "synchronize", by, before=before, after=after)

    def _base_moved(self, pull: FakePull, after: str, by: FakeAccount) -> None:
        if after == ZERO:
            self.close(pull, by)
        elif is_within(pull.repository.path, pull.head_sha, after):
            pull.merge_sha, pull.merged_by, pull.merged_at = after, by, self._state.now()
            self.close(pull, by)
        else:
            pull.base_sha = after

    def _keep(self, pull: FakePull) -> None:
        ref = f"refs/pull/{pull.number}/head"
        if pull.is_from_fork and pull.head is not None:
            fetch(pull.repository.path, pull.head.path, f"refs/heads/{pull.head_ref}", ref)
        else:
            move(pull.repository.path, ref, pull.head_sha)

    def _tell(self, pull: FakePull, action: str, by: FakeAccount, **more: Any) -> None:
        pull.updated_at = self._state.now()
        self._hooks.happened(pull.repository, "pull_request", pull_event(pull, action, by, self._web_url) | more)
