"""The stand-in's own controls over HTTP, for programs in other languages; only for who holds the token of them."""

from collections.abc import Callable
from dataclasses import fields
from datetime import timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from aiohttp import web

from thakur.fakegithub.door.answers import Refusal, not_found, refused
from thakur.fakegithub.door.faults import Fault
from thakur.fakegithub.state import FakeInstallation, FakeRepository

if TYPE_CHECKING:
    from thakur.fakegithub.server import FakeGitHub

HEADER = "X-Control-Token"

Act = Callable[[dict[str, Any]], object]


class Control:
    """`POST /_fake/ACT` with JSON, and `GET /_fake/state`, which shows no secrets."""

    def __init__(self, github: "FakeGitHub", token: str) -> None:
        self._github = github
        self._token = token

    def routes(self) -> list[web.RouteDef]:
        return [web.get("/_fake/state", self.state), web.post("/_fake/{act}", self.act)]

    async def state(self, request: web.Request) -> web.Response:
        if request.headers.get(HEADER) != self._token:
            return refused(not_found())
        state = self._github.state
        shown = {
            "minted": state.minted,
            "asked": len(self._github.faults.asked),
            "installations": [
                {"id": each.id, "account": each.account.login, "suspended": each.is_suspended}
                for each in state.installations.values()
            ],
            "repositories": [
                {
                    "id": each.id,
                    "full_name": each.full_name,
                    "private": each.is_private,
                    "default_branch": each.default_branch,
                    "deployments": len(each.deployments),
                    "statuses": len(each.statuses),
                }
                for each in state.repositories.values()
            ],
            "deliveries": [each.shown() for each in self._github.hooks.log],
        }
        return web.json_response(shown)

    async def act(self, request: web.Request) -> web.Response:
        act = self._acts().get(request.match_info["act"])
        if request.headers.get(HEADER) != self._token or act is None:
            return refused(not_found())
        try:
            act(await request.json())
        except (KeyError, TypeError, ValueError) as error:
            return refused(Refusal(422, f"{type(error).__name__}: {quote(str(error), safe=' ')}"))
        return web.Response(status=204)

    def _acts(self) -> dict[str, Act]:
        github = self._github
        return {
            "fault": self._fault,
            "expire": lambda _: github.state.tokens.clear(),
            "clock": self._clock,
            "limit": lambda told: github.gate.limits.leave(told["payer"], told["remaining"], told.get("seconds", 3600)),
            "suspend": lambda told: github.suspend(self._installation(told), is_suspended=told.get("suspended", True)),
            "uninstall": lambda told: github.uninstall(self._installation(told)),
            "rename": lambda told: github.owning.rename(self._repository(told), told["name"]),
            "transfer": lambda told: github.owning.transfer(self._repository(told), told["to"]),
            "default_branch": lambda told: github.owning.change_default_branch(self._repository(told), told["branch"]),
            "private": lambda told: github.owning.set_private(self._repository(told), is_private=told["private"]),
            "remove_repo": lambda told: github.remove(self._installation(told), self._repository(told)),
            "revoke_user": lambda told: github.revoke(
                github.state.apps[told["app"]], github.state.people.user(told["login"])
            ),
            "hook_url": lambda told: setattr(github.state.apps[told["app"]], "hook_url", told["url"]),
            "mischief": self._mischief,
            "check": lambda told: github.check(
                self._repository(told), told["sha"], told["name"], status=told["status"], conclusion=told["conclusion"]
            ),
            "say": lambda told: github.say(self._repository(told), told["sha"], told["context"], told["state"]),
        }

    def _fault(self, told: dict[str, Any]) -> None:
        known = {each.name for each in fields(Fault)}
        if not told.keys() <= known:
            raise ValueError(f"of a fault these are known: {sorted(known)}")
        self._github.faults.add(Fault(**told))

    def _mischief(self, told: dict[str, Any]) -> None:
        for name, value in told.items():
            setattr(self._github.hooks.mischief, name, value)

    def _clock(self, told: dict[str, Any]) -> None:
        self._github.state.skew = timedelta(seconds=told["seconds"])

    def _repository(self, told: dict[str, Any]) -> FakeRepository:
        found = self._github.state.named(told["repository"])
        if found is None:
            raise KeyError(told["repository"])
        return found

    def _installation(self, told: dict[str, Any]) -> FakeInstallation:
        return self._github.state.installations[told["installation"]]
