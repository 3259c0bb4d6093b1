"""Comments below pull requests are written, changed and deleted, by Apps and on pages; Apps that would know are told."""

from typing import Any

from thakur.fakegithub.events.comments import comment_event
from thakur.fakegithub.hooks import Hooks
from thakur.fakegithub.people.accounts import FakeAccount
from thakur.fakegithub.state import FakeApp, FakeComment, FakePull, FakeRepository, State


class Comments:
    """`by` is who does it; an App may do it for a person."""

    def __init__(self, state: State, hooks: Hooks, web_url: str) -> None:
        self._state = state
        self._hooks = hooks
        self._web_url = web_url

    def add(self, pull: FakePull, by: FakeAccount | FakeApp, body: str, app: FakeApp | None = None) -> FakeComment:
        """A new one."""
        now = self._state.now()
        made = FakeComment(self._state.new_id(), pull.number, by, body, app, now, now)
        pull.repository.comments.append(made)
        self._tell(pull.repository, made, "created", by)
        return made

    def edit(self, repository: FakeRepository, comment: FakeComment, by: FakeAccount | FakeApp, body: str) -> None:
        """Other words."""
        before, comment.body, comment.updated_at = comment.body, body, self._state.now()
        self._tell(repository, comment, "edited", by, changes={"body": {"from": before}})

    def delete(self, repository: FakeRepository, comment: FakeComment, by: FakeAccount | FakeApp) -> None:
        """It is gone."""
        repository.comments.remove(comment)
        self._tell(repository, comment, "deleted", by)

    def _tell(
        self, repository: FakeRepository, comment: FakeComment, action: str, by: FakeAccount | FakeApp, **more: Any
    ) -> None:
        told = comment_event(repository, comment, action, by, self._web_url)
        self._hooks.happened(repository, "issue_comment", told | more)
