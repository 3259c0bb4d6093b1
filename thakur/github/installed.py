"""What an installation of an App may ask of its repositories, and tell of them."""

from typing import Any
from urllib.parse import quote

import msgspec

from thakur.github.app import LONGEST_LIST, PAGE, App
from thakur.github.commits import Commits, head_of
from thakur.github.interface import (
    CredentialsRefused,
    DeploymentState,
    Head,
    NotThere,
    Repository,
    RepositoryPage,
    RequestRefused,
    StatusState,
)
from thakur.github.listing import files_named, page_of
from thakur.github.rest import Answer
from thakur.github.sites import FULL_NAME
from thakur.github.tokens import Scope

# GitHub's own bound of a description.
DESCRIPTION_CHARACTERS = 140


class Installed:
    """Asks as one installation; a token that GitHub does not take any more is replaced, once."""

    def __init__(self, app: App, installation_id: int) -> None:
        self._app = app
        self._scope = Scope(installation_id)
        self._payer = f"installation {installation_id}"

    async def repositories(self) -> int:
        """How many it opens."""
        return int((await self.ask("GET", "/installation/repositories?per_page=1")).data["total_count"])

    async def repository(self, full_name: str) -> Repository:
        """Raises NotThere."""
        return _repository(await self.ask("GET", f"/repos/{full_name}"))

    async def repository_of(self, repository_id: int) -> Repository:
        """The one of that id, whatever it is called by now. Raises NotThere."""
        return _repository(await self.ask("GET", f"/repositories/{repository_id}"))

    async def head(self, repository_id: int, branch: str) -> Head | None:
        """The branch's newest commit; None when there is no such branch. Raises NotThere when the repository is gone."""
        path = f"/repositories/{repository_id}"
        try:
            data = (await self.ask("GET", f"{path}/branches/{quote(branch, safe='')}")).data
        except NotThere:
            await self.ask("GET", path)
            return None
        return head_of(data["commit"])

    async def commit(self, repository_id: int, sha: str) -> Head:
        """One commit. Raises NotThere."""
        return head_of((await self.ask("GET", f"/repositories/{repository_id}/commits/{sha}")).data)

    async def branches(self, repository_id: int) -> dict[str, str]:
        """The newest commits of all branches, by name."""
        found = await self.listed(f"/repositories/{repository_id}/branches?per_page={PAGE}")
        return {str(each["name"]): str(each["commit"]["sha"]) for each in found}

    async def repository_page(self, page: int = 1) -> RepositoryPage:
        """A page of all that it opens."""
        return page_of(await self.ask("GET", f"/installation/repositories?per_page={PAGE}&page={page}"))

    async def files_named(self, repository_id: int, ref: str, name: str) -> list[str]:
        """The paths of a branch's files of that name. Raises NotThere."""
        return await files_named(self.ask, repository_id, ref, name)

    def commits(self, repository_id: int) -> Commits:
        """What there is to know of a repository's commits."""
        return Commits(self.ask, repository_id, self._app.key.app_id)

    async def make_deployment(self, repository_id: int, sha: str, environment: str, description: str) -> int:
        """Its id; the one that there is already, if an earlier call was cut off."""
        path = f"/repositories/{repository_id}/deployments"
        query = f"?sha={sha}&environment={quote(environment, safe='')}&task=deploy"
        for each in (await self.ask("GET", path + query)).data or []:
            if each.get("description") == description:
                return int(each["id"])
        asked = {
            "ref": sha,
            "environment": environment,
            "description": description,
            "auto_merge": False,
            "required_contexts": [],
            "production_environment": environment == "production",
            "transient_environment": environment != "production",
        }
        return int((await self.ask("POST", path, asked)).data["id"])

    async def tell_deployment(
        self, repository_id: int, deployment_id: int, state: DeploymentState, told: dict[str, str]
    ) -> None:
        """`told` holds a description and URLs, by GitHub's names."""
        path = f"/repositories/{repository_id}/deployments/{deployment_id}/statuses"
        await self.ask("POST", path, {"state": state, "auto_inactive": False} | _cut(told))

    async def tell_commit(
        self, repository_id: int, sha: str, context: str, state: StatusState, told: dict[str, str]
    ) -> None:
        """`told` holds a description and a `target_url`."""
        path = f"/repositories/{repository_id}/statuses/{sha}"
        await self.ask("POST", path, {"state": state, "context": context} | _cut(told))

    async def listed(self, path: str) -> list[Any]:
        """Every item of a list, as far as it goes in this many pages."""
        found: list[Any] = []
        for _ in range(LONGEST_LIST):
            answer = await self.ask("GET", path)
            found += answer.data
            if not answer.next_url:
                break
            path = answer.next_url
        return found

    async def ask(self, method: str, path: str, body: object = None) -> Answer:
        """One question, with the installation's token. Raises what `Rest.ask` raises."""
        token = await self._app.tokens.get(self._scope)
        try:
            return await self._app.rest.ask(self._payer, method, path, token, body)
        except CredentialsRefused:
            self._app.tokens.forget(self._scope, token)
            token = await self._app.tokens.get(self._scope)
            return await self._app.rest.ask(self._payer, method, path, token, body)


def _repository(answer: Answer) -> Repository:
    found = msgspec.convert(answer.data, Repository, strict=False)
    if not FULL_NAME.fullmatch(found.full_name):
        # It becomes a part of the URL that git is told.
        raise RequestRefused(f"GitHub names a repository {found.full_name[:100]!r}")
    return found


def _cut(told: dict[str, str]) -> dict[str, Any]:
    return {name: value[:DESCRIPTION_CHARACTERS] if name == "description" else value for name, value in told.items()}
