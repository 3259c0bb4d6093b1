"""How projects stand in production: what is live, what is on its way, and what has failed since. One look for many."""

import asyncio
from collections.abc import Sequence

import msgspec

from thakur.accounts import Principal
from thakur.api.interface import ApiServices
from thakur.api.pages.parts.history import Chapter
from thakur.builds import Build
from thakur.runtime import Deployment


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """One project: what serves, and the highest number that production has reached. Neither while it is new."""

    live: Deployment | None = None
    newest: Chapter | None = None

    @property
    def tells(self) -> Chapter | None:
        """The number that is to be heard of first: one that is on its way, or has failed since what serves was made."""
        newest = self.newest
        if newest is None or not (newest.is_under_way or newest.failure or newest.status == "failed"):
            return None
        return newest if self.live is None or newest.number > self.live.number or newest.is_under_way else None

    @property
    def status(self) -> str:
        if (told := self.tells) is not None:
            return told.status
        return "active" if self.live else "waiting"

    @property
    def word(self) -> str:
        if (told := self.tells) is not None:
            return told.word
        return "active" if self.live else "nothing live"

    @property
    def serves(self) -> int | None:
        """The number that goes on serving beside what the status tells of."""
        return self.live.number if self.live is not None and self.tells is not None else None


async def standings(services: ApiServices, principal: Principal, project_ids: Sequence[int]) -> dict[int, Standing]:
    """By project id, for every id that is asked."""
    production = await services.environments.productions(project_ids)
    places = list(production.values())
    live, builds, deployments = await asyncio.gather(
        services.runtime.live(principal, places),
        services.builds.newest(principal, places),
        services.runtime.newest(principal, places),
    )
    return {
        project_id: Standing(live=live.get(place), newest=_newest(builds.get(place), deployments.get(place)))
        for project_id in project_ids
        for place in [production.get(project_id, 0)]
    }


def _newest(build: Build | None, deployment: Deployment | None) -> Chapter | None:
    number = max((told.number for told in (build, deployment) if told is not None), default=None)
    if number is None:
        return None
    return Chapter(
        number=number,
        build=build if build is not None and build.number == number else None,
        deployment=deployment if deployment is not None and deployment.number == number else None,
    )
