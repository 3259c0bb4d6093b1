"""The stand-in's REST: deployments, and what is said of them."""

from typing import Any

from aiohttp import web

from thakur.fakegithub.door.answers import Refusal, invalid, not_found, paged
from thakur.fakegithub.door.knowing import asked_by, repository_in
from thakur.fakegithub.git.commits import between, branches, resolved
from thakur.fakegithub.rest.places import in_repository
from thakur.fakegithub.shown.checks import combined_state
from thakur.fakegithub.shown.deployments import deployment_shown, deployment_status_shown
from thakur.fakegithub.state import FakeRepository, State

STATES = ("error", "failure", "inactive", "in_progress", "queued", "pending", "success")
DESCRIPTION_CHARACTERS = 140
FILTERS = ("sha", "ref", "task", "environment")
ACTIVE = "We cannot delete an active deployment unless it is the only deployment in a given environment."


class DeploymentRoutes:
    """Asked with `deployments`."""

    def __init__(self, state: State, web_url: str) -> None:
        self._state = state
        self._web_url = web_url

    def routes(self) -> list[web.RouteDef]:
        place = "/deployments/{deployment:[0-9]+}"
        return [
            *in_repository("GET", "/deployments", self.deployments),
            *in_repository("POST", "/deployments", self.deploy),
            *in_repository("GET", place, self.deployment),
            *in_repository("DELETE", place, self.forget),
            *in_repository("GET", f"{place}/statuses", self.statuses),
            *in_repository("POST", f"{place}/statuses", self.tell),
        ]

    async def deployments(self, request: web.Request) -> web.Response:
        found = repository_in(self._state, request, "deployments", "read")
        wanted = {name: request.query[name] for name in FILTERS if request.query.get(name, "none") != "none"}
        same = [each for each in reversed(found.deployments) if wanted.items() <= each.items()]
        return paged(request, same, lambda each: deployment_shown(found, each, self._web_url))

    async def deploy(self, request: web.Request) -> web.Response:
        found = repository_in(self._state, request, "deployments", "write")
        asked: dict[str, Any] = await request.json()
        sha = resolved(found.path, asked["ref"])
        if sha is None:
            raise Refusal(422, f"No ref found for: {asked['ref']}")
        _check_length(asked)
        default = branches(found.path).get(found.default_branch)
        if asked.get("auto_merge", True) and default and between(found.path, sha, default):
            message = f"Auto-merged {found.default_branch} into {asked['ref']} on deployment."
            return web.json_response({"message": message}, status=202)
        if not _passes(found, sha, asked.get("required_contexts")):
            raise Refusal(409, f"Conflict: Commit status checks failed for {asked['ref']}.")
        environment = asked.get("environment") or "production"
        made = {
            "id": self._state.new_id(),
            "sha": sha,
            "ref": asked["ref"],
            "task": asked.get("task") or "deploy",
            "payload": asked.get("payload") or {},
            "environment": environment,
            "description": asked.get("description"),
            "is_transient": asked.get("transient_environment", False),
            "is_production": asked.get("production_environment", environment == "production"),
            "creator": asked_by(self._state, request, self._web_url),
            "statuses": [],
        }
        found.deployments.append(made)
        return web.json_response(deployment_shown(found, made, self._web_url), status=201)

    async def deployment(self, request: web.Request) -> web.Response:
        found = repository_in(self._state, request, "deployments", "read")
        return web.json_response(deployment_shown(found, _one(found, request), self._web_url))

    async def forget(self, request: web.Request) -> web.Response:
        found = repository_in(self._state, request, "deployments", "write")
        made = _one(found, request)
        same = [each for each in found.deployments if each["environment"] == made["environment"]]
        if len(same) > 1 and _state(made) != "inactive":
            raise Refusal(422, ACTIVE)
        found.deployments.remove(made)
        return web.Response(status=204)

    async def statuses(self, request: web.Request) -> web.Response:
        found = repository_in(self._state, request, "deployments", "read")
        made = _one(found, request)
        newest_first = made["statuses"][::-1]
        return paged(request, newest_first, lambda each: deployment_status_shown(found, made, each, self._web_url))

    async def tell(self, request: web.Request) -> web.Response:
        found = repository_in(self._state, request, "deployments", "write")
        asked: dict[str, Any] = await request.json()
        made = _one(found, request)
        if asked.get("state") not in STATES:
            raise invalid("DeploymentStatus", "state")
        _check_length(asked)
        said = asked | {"id": self._state.new_id(), "creator": asked_by(self._state, request, self._web_url)}
        if asked["state"] == "success" and asked.get("auto_inactive", True):
            self._replace(found, made)
        made["statuses"].append(said)
        return web.json_response(deployment_status_shown(found, made, said, self._web_url), status=201)

    def _replace(self, found: FakeRepository, made: dict[str, Any]) -> None:
        """Of the same environment, what is neither transient nor production and came before."""
        for each in found.deployments[: found.deployments.index(made)]:
            is_same = each["environment"] == made["environment"] and each["is_transient"] == each["is_production"]
            if is_same and not each["is_transient"] and _state(each) == "success":
                each["statuses"].append({"id": self._state.new_id(), "state": "inactive", "creator": made["creator"]})


def _one(found: FakeRepository, request: web.Request) -> dict[str, Any]:
    wanted = int(request.match_info["deployment"])
    made = next((each for each in found.deployments if each["id"] == wanted), None)
    if made is None:
        raise not_found()
    return made


def _state(made: dict[str, Any]) -> str:
    return str(made["statuses"][-1]["state"]) if made["statuses"] else "pending"


def _passes(found: FakeRepository, sha: str, contexts: list[str] | None) -> bool:
    newest = {each["context"]: each["state"] for each in found.statuses if each["sha"] == sha}
    if contexts is None:
        return not newest or combined_state(list(newest.values())) == "success"
    return all(newest.get(each) == "success" for each in contexts)


def _check_length(asked: dict[str, Any]) -> None:
    if len(asked.get("description") or "") > DESCRIPTION_CHARACTERS:
        raise invalid("Deployment", "description")
