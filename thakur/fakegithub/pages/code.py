"""Pages of repositories: all that a person sees, what is in one, its branches and commits."""

import re
from typing import Any

from aiohttp import web

from thakur.fakegithub.acts.pushes import Pushes
from thakur.fakegithub.door.answers import Refusal, not_found
from thakur.fakegithub.git.commits import branches, commit_of, resolved
from thakur.fakegithub.git.names import is_branch_name
from thakur.fakegithub.git.trees import content, listing
from thakur.fakegithub.pages.desk import Desk
from thakur.fakegithub.pages.places import address, place_in
from thakur.fakegithub.pages.reports import Reports
from thakur.fakegithub.people.roles import ROLES
from thakur.fakegithub.shown.commits import changes_of
from thakur.fakegithub.state import FakeRepository


class CodePages:
    """Read by who may read."""

    def __init__(self, desk: Desk, reports: Reports, pushes: Pushes) -> None:
        self._desk = desk
        self._reports = reports
        self._pushes = pushes

    def routes(self) -> list[web.RouteDef]:
        place = "/{owner}/{repo}"
        return [
            web.get("/", self.repositories),
            web.get("/{owner}", self.repositories),
            web.get(place, self.folder),
            web.get(f"{place}/tree/{{rest:.+}}", self.folder),
            web.get(f"{place}/blob/{{rest:.+}}", self.file),
            web.get(f"{place}/branches", self.branches),
            web.post(f"{place}/branches", self.change_branches),
            web.get(f"{place}/commit/{{sha}}", self.commit),
        ]

    async def repositories(self, request: web.Request) -> web.Response:
        owner = request.match_info.get("owner", "")
        if owner and self._desk.state.people.named(owner) is None:
            raise not_found()
        every = sorted(self._desk.state.repositories.values(), key=lambda each: each.full_name.lower())
        found = [each for each in every if owner.lower() in ("", each.owner.lower()) and self._desk.role(request, each)]
        return self._desk.page(request, "repositories.html", owner=owner, repositories=found)

    async def folder(self, request: web.Request) -> web.Response:
        repository = self._desk.repository(request)
        context: dict[str, Any] = {"repository": repository, "address": address, "may_write": self._may_write(request)}
        if not branches(repository.path):
            return self._desk.page(request, "empty.html", **context)
        place = place_in(repository, request)
        entries = listing(repository.path, place.sha, place.path)
        if entries is None:
            raise not_found()
        return self._desk.page(
            request,
            "folder.html",
            **context,
            place=place,
            entries=entries,
            branches=sorted(branches(repository.path)),
            last=commit_of(repository.path, place.sha),
            statuses=self._reports.statuses(repository, place.sha),
            deployments=self._reports.deployments(repository),
            clone_url=self._clone_url(request, repository),
        )

    async def file(self, request: web.Request) -> web.Response:
        repository = self._desk.repository(request)
        place = place_in(repository, request)
        found = content(repository.path, place.sha, place.path)
        if found is None:
            raise not_found()
        return self._desk.page(
            request,
            "file.html",
            repository=repository,
            address=address,
            place=place,
            text=None if b"\0" in found else found.decode(errors="replace"),
        )

    async def branches(self, request: web.Request) -> web.Response:
        repository = self._desk.repository(request)
        return self._desk.page(
            request,
            "branches.html",
            repository=repository,
            address=address,
            branches=sorted(branches(repository.path).items()),
            may_write=self._may_write(request),
        )

    async def change_branches(self, request: web.Request) -> web.Response:
        user = self._desk.required(request)
        repository = self._desk.repository(request, "write")
        form = await request.post()
        name, heads = str(form.get("branch", "")).strip(), branches(repository.path)
        if form.get("act") == "delete":
            if name not in heads or name == repository.default_branch:
                raise Refusal(422, f"{name} cannot be deleted.")
            self._pushes.move(repository, name, None, user)
        else:
            source = heads.get(str(form.get("source", repository.default_branch)))
            if source is None or not is_branch_name(name) or name in heads:
                raise Refusal(422, f"{name} cannot be a new branch.")
            self._pushes.move(repository, name, source, user)
        return self._desk.leads_to(address(repository, "branches"))

    async def commit(self, request: web.Request) -> web.Response:
        repository = self._desk.repository(request)
        sha = resolved(repository.path, request.match_info["sha"])
        if sha is None:
            raise not_found()
        commit = commit_of(repository.path, sha)
        return self._desk.page(
            request,
            "commit.html",
            repository=repository,
            address=address,
            commit=commit,
            changes=changes_of(repository, commit),
            statuses=self._reports.statuses(repository, sha),
            deployments=self._reports.deployments(repository, [sha]),
        )

    def _clone_url(self, request: web.Request, repository: FakeRepository) -> str:
        """With what it takes to push, for who may."""
        user = self._desk.user(request)
        url = self._desk.push_url(repository, user.login if user is not None else "")
        return url if self._may_write(request) else re.sub(r"//[^@]*@", "//", url)

    def _may_write(self, request: web.Request) -> bool:
        role = self._desk.role(request, self._desk.repository(request))
        return self._desk.user(request) is not None and ROLES.index(role) >= ROLES.index("write")
