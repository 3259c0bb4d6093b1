"""Surveys: from time to time a repository is looked at as a whole, because an event may be late, lost or never sent."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Protocol

import msgspec

from thakur.accounts import Principal
from thakur.installations.interface import Connection
from thakur.installations.rules import PreviewRules


class Survey(msgspec.Struct, frozen=True, kw_only=True):
    """A connection whose repository is to be looked at as a whole now.

    `left_alone` are the branches that were there when the project began to follow, with their commits of then: they have
    no preview until something is pushed to them. It is None before the first survey.
    """

    connection: Connection
    left_alone: dict[str, str] | None = None


class Surveys(Protocol):
    """Whose repository is to be looked at as a whole, and the rules of previews."""

    async def rules(self, project_id: int) -> PreviewRules:
        """Raises NotFollowing."""

    async def change_rules(self, principal: Principal, project_id: int, changes: Mapping[str, Any]) -> PreviewRules:
        """Set all of them or none; None unsets. Raises PreviewRuleRefused, NotFollowing, and what the guard does."""

    async def trouble(self, project_id: int) -> str:
        """Why the last survey could not be made, as sentences."""

    async def soon(self, project_id: int | None = None) -> None:
        """Have the project's repository looked at now, or everybody's."""

    async def claim(self) -> Survey | None:
        """The next one; nobody else is given it for half a minute."""

    async def done(
        self, survey: Survey, left_alone: dict[str, str] | None, again: timedelta | None = None, trouble: str = ""
    ) -> None:
        """It was made."""
