"""An App is let into an account, its repositories are chosen, and it is suspended or let go; the App is told."""

from collections.abc import Iterable

from thakur.fakegithub.events.installations import chosen_event, installation_event
from thakur.fakegithub.hooks import Hooks
from thakur.fakegithub.people.accounts import FakeAccount
from thakur.fakegithub.state import FakeApp, FakeInstallation, FakeRepository, State


class Installing:
    """`by` is who does it."""

    def __init__(self, state: State, hooks: Hooks, web_url: str) -> None:
        self._state = state
        self._hooks = hooks
        self._web_url = web_url

    def install(
        self,
        app: FakeApp,
        account: FakeAccount,
        repositories: Iterable[FakeRepository],
        by: FakeAccount,
        *,
        has_all: bool = False,
    ) -> FakeInstallation:
        """For these repositories, or for all that the account has and will have."""
        chosen = self.owned(account) if has_all else repositories
        made = FakeInstallation(self._state.new_id(), app, account, {each.id for each in chosen}, has_all=has_all)
        self._state.installations[made.id] = made
        self._tell(made, "created", by)
        return made

    def choose(
        self,
        installation: FakeInstallation,
        repositories: Iterable[FakeRepository],
        by: FakeAccount,
        *,
        has_all: bool = False,
    ) -> None:
        """From now on these, or all."""
        chosen = self.owned(installation.account) if has_all else list(repositories)
        before, installation.repository_ids = installation.repository_ids, {each.id for each in chosen}
        installation.has_all = has_all
        added = [each for each in chosen if each.id not in before]
        removed = [self._state.repositories[each] for each in sorted(before - installation.repository_ids)]
        for action, changed in (("added", added), ("removed", removed)):
            if changed:
                told = chosen_event(installation, action, changed, by, self._web_url)
                self._hooks.of_installation(installation, "installation_repositories", told)

    def suspend(self, installation: FakeInstallation, by: FakeAccount, *, is_suspended: bool) -> None:
        """Until it is let in again, its tokens open nothing."""
        installation.is_suspended = is_suspended
        self._tell(installation, "suspend" if is_suspended else "unsuspend", by)

    def accept(self, installation: FakeInstallation, by: FakeAccount) -> None:
        """What the App asks for now."""
        installation.accepted = None
        self._tell(installation, "new_permissions_accepted", by)

    def uninstall(self, installation: FakeInstallation, by: FakeAccount) -> None:
        """Let it go; its tokens open nothing any more."""
        self._state.forget(installation)
        self._tell(installation, "deleted", by)

    def of(self, app: FakeApp, account: FakeAccount) -> FakeInstallation | None:
        """Where the App is on the account, if it is."""
        every = self._state.installations.values()
        return next((each for each in every if each.app is app and each.account is account), None)

    def owned(self, account: FakeAccount) -> list[FakeRepository]:
        """The account's own repositories."""
        return [each for each in self._state.repositories.values() if each.account is account]

    def _tell(self, installation: FakeInstallation, action: str, by: FakeAccount) -> None:
        chosen = [self._state.repositories[each] for each in sorted(installation.repository_ids)]
        told = installation_event(installation, action, chosen, by, self._web_url)
        self._hooks.of_installation(installation, "installation", told)
