"""What owners do with their accounts and repositories; Apps are told, and what was somewhere leads to where it is."""

from typing import Any

from thakur.fakegithub.apps.installing import Installing
from thakur.fakegithub.events.repositories import repository_event, target_renamed_event
from thakur.fakegithub.hooks import Hooks
from thakur.fakegithub.people.accounts import FakeAccount
from thakur.fakegithub.state import FakeRepository, State


class Owning:
    """Each of these is done by the repository's owner."""

    def __init__(self, state: State, hooks: Hooks, installing: Installing, web_url: str) -> None:
        self._state = state
        self._hooks = hooks
        self._installing = installing
        self._web_url = web_url

    def rename(self, repository: FakeRepository, name: str) -> None:
        """It has another name; the old one leads to it."""
        before = repository.name
        repository.names.append(repository.full_name)
        repository.name = name
        self._tell(repository, "renamed", {"repository": {"name": {"from": before}}})

    def transfer(self, repository: FakeRepository, login: str) -> None:
        """It is somebody else's; only an App that is installed there, for all that they have, still opens it."""
        before = repository.account
        for each in self._holding(repository):
            left = [self._state.repositories[other] for other in each.repository_ids - {repository.id}]
            self._installing.choose(each, left, before)
        repository.names.append(repository.full_name)
        repository.account = self._state.people.account(login)
        for each in self._state.installations.values():
            if each.account is repository.account and each.has_all:
                self._installing.choose(each, [], repository.account, has_all=True)
        kind = "organization" if before.kind == "Organization" else "user"
        owner = {"login": before.login, "id": before.id, "node_id": f"U_{before.id}"}
        self._tell(repository, "transferred", {"owner": {"from": {kind: owner}}})

    def rename_account(self, account: FakeAccount, login: str) -> None:
        """The same account by another login; the addresses of its repositories lead on."""
        before = account.login
        for each in self._state.repositories.values():
            if each.account is account:
                each.names.append(each.full_name)
        account.login = login
        for installation in self._state.installations.values():
            if installation.account is account:
                told = target_renamed_event(installation, before, self._web_url)
                self._hooks.of_installation(installation, "installation_target", told)

    def change_default_branch(self, repository: FakeRepository, branch: str) -> None:
        """New clones begin there."""
        before, repository.default_branch = repository.default_branch, branch
        self._tell(repository, "edited", {"default_branch": {"from": before}})

    def set_private(self, repository: FakeRepository, *, is_private: bool) -> None:
        """Whether only those who were let in see it."""
        repository.is_private = is_private
        self._tell(repository, "privatized" if is_private else "publicized")

    def delete(self, repository: FakeRepository) -> None:
        """It is gone for ever."""
        self._tell(repository, "deleted")
        for each in self._holding(repository):
            each.repository_ids.discard(repository.id)
        del self._state.repositories[repository.id]

    def _holding(self, repository: FakeRepository) -> list[Any]:
        return [each for each in self._state.installations.values() if repository.id in each.repository_ids]

    def _tell(self, repository: FakeRepository, action: str, changes: dict[str, Any] | None = None) -> None:
        told = repository_event(repository, action, changes, self._web_url)
        self._hooks.happened(repository, "repository", told)
