"""Repositories are made and copied."""

import shutil
from pathlib import Path

from thakur.fakegithub.git.commits import make
from thakur.fakegithub.people.accounts import FakeAccount
from thakur.fakegithub.state import FakeRepository, State


class Repositories:
    """Each has a directory of its own below `directory`."""

    def __init__(self, state: State, directory: Path) -> None:
        self._state = state
        self._directory = directory

    def add(self, full_name: str, *, is_private: bool) -> FakeRepository:
        """A new, empty one; who has let an App see all has let it see this one."""
        owner, _, name = full_name.partition("/")
        made = self._new(self._state.people.account(owner), name, is_private=is_private)
        make(made.path, made.default_branch)
        for each in self._state.installations.values():
            if each.has_all and each.account is made.account:
                each.repository_ids.add(made.id)
        return made

    def fork(self, repository: FakeRepository, account: FakeAccount) -> FakeRepository:
        """The copy that is somebody else's, which is made when there is none."""
        every = self._state.repositories.values()
        held = next((each for each in every if each.fork_of is repository and each.account is account), None)
        if held is not None:
            return held
        made = self._new(account, repository.name, is_private=repository.is_private)
        made.default_branch, made.fork_of = repository.default_branch, repository
        shutil.copytree(repository.path, made.path, ignore=shutil.ignore_patterns("pull"))
        return made

    def _new(self, account: FakeAccount, name: str, *, is_private: bool) -> FakeRepository:
        made_id = self._state.new_id()
        made = FakeRepository(made_id, account, name, self._directory / f"{made_id}.git", is_private)
        self._state.repositories[made_id] = made
        return made
