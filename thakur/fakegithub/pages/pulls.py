"""Pages of pull requests: opened from a comparison, discussed, merged, closed and opened again."""

from aiohttp import web

from thakur.fakegithub.acts.comments import Comments
from thakur.fakegithub.acts.pulls import Pulls
from thakur.fakegithub.door.answers import Refusal, not_found
from thakur.fakegithub.git.commits import branches, commit_of, fetch, merge_base
from thakur.fakegithub.git.differences import changes
from thakur.fakegithub.git.merging import is_mergeable
from thakur.fakegithub.pages.desk import Desk
from thakur.fakegithub.pages.places import address
from thakur.fakegithub.pages.prose import lines
from thakur.fakegithub.pages.reports import Reports
from thakur.fakegithub.people.accounts import FakeUser
from thakur.fakegithub.people.roles import ROLES
from thakur.fakegithub.rest.pulls import pull_numbered
from thakur.fakegithub.shown.pulls import changes_in, commits_in
from thakur.fakegithub.state import FakeApp, FakeComment, FakePull, FakeRepository


class PullPages:
    """Opened by who may read, merged by who may write."""

    def __init__(self, desk: Desk, pulls: Pulls, comments: Comments, reports: Reports) -> None:
        self._desk = desk
        self._pulls = pulls
        self._comments = comments
        self._reports = reports

    def routes(self) -> list[web.RouteDef]:
        place = "/{owner}/{repo}"
        return [
            web.get(f"{place}/pulls", self.pulls),
            web.post(f"{place}/pulls", self.open),
            web.get(f"{place}/compare/{{basehead:.+}}", self.compare),
            web.get(f"{place}/pull/{{number:[0-9]+}}", self.pull),
            web.post(f"{place}/pull/{{number:[0-9]+}}", self.change),
            web.post(f"{place}/pull/{{number:[0-9]+}}/comments", self.comment),
        ]

    async def pulls(self, request: web.Request) -> web.Response:
        repository = self._desk.repository(request)
        found = repository.pulls[::-1]
        return self._desk.page(
            request,
            "pulls.html",
            repository=repository,
            address=address,
            pulls=found,
            branches=sorted(set(branches(repository.path)) - {repository.default_branch}),
        )

    async def compare(self, request: web.Request) -> web.Response:
        repository = self._desk.repository(request)
        base, _, head = request.match_info["basehead"].partition("...")
        source, branch = self._head(repository, head)
        old, new = branches(repository.path).get(base), branches(source.path).get(branch)
        if old is None or new is None:
            raise not_found()
        if source is not repository:
            fetch(repository.path, source.path, f"refs/heads/{branch}", f"refs/compare/{source.id}")
        return self._desk.page(
            request,
            "compare.html",
            repository=repository,
            address=address,
            base=base,
            head=head,
            title=commit_of(source.path, new).message.partition("\n")[0],
            changes=changes(repository.path, merge_base(repository.path, old, new), new),
        )

    async def open(self, request: web.Request) -> web.Response:
        user, form = self._desk.required(request), await request.post()
        repository = self._desk.repository(request)
        source, branch = self._head(repository, str(form.get("head", "")))
        title = str(form.get("title", "")).strip() or branch
        body = str(form.get("body", "")).replace("\r\n", "\n") or None
        pull = self._pulls.open(source, branch, user, title, str(form.get("base", "")), body)
        return self._desk.leads_to(address(repository, "pull", str(pull.number)))

    async def pull(self, request: web.Request) -> web.Response:
        repository = self._desk.repository(request)
        pull = pull_numbered(repository, int(request.match_info["number"]))
        commits = commits_in(pull)
        return self._desk.page(
            request,
            "pull.html",
            repository=repository,
            address=address,
            pull=pull,
            lines=lines,
            comments=[(each, author_of(each)) for each in repository.comments if each.number == pull.number],
            commits=[commit_of(repository.path, sha) for sha in commits],
            changes=changes_in(pull),
            statuses=self._reports.statuses(repository, pull.head_sha),
            deployments=self._reports.deployments(repository, [*commits, pull.head_sha]),
            is_mergeable=pull.state == "open" and is_mergeable(repository.path, pull.base_sha, pull.head_sha),
            may_write=self._may_write(request, repository),
            may_change=self._may_change(request, pull),
            has_branch=not pull.is_from_fork and pull.head_ref in branches(repository.path),
        )

    async def change(self, request: web.Request) -> web.Response:
        user, form = self._desk.required(request), await request.post()
        repository = self._desk.repository(request)
        pull = pull_numbered(repository, int(request.match_info["number"]))
        act = form.get("act")
        is_let = self._may_write(request, repository) if act == "merge" else self._may_change(request, pull)
        if not is_let:
            raise Refusal(403, "That is not yours to do.")
        match act:
            case "merge":
                self._pulls.merge(pull, user)
            case "close":
                self._pulls.close(pull, user)
            case "reopen":
                self._pulls.reopen(pull, user)
            case "delete_branch":
                self._pulls.delete_branch(pull, user)
            case _:
                self._pulls.edit(pull, user, str(form.get("title", "")).strip() or pull.title, pull.body)
        return self._desk.leads_to(request.path)

    async def comment(self, request: web.Request) -> web.Response:
        user, form = self._desk.required(request), await request.post()
        repository = self._desk.repository(request)
        pull = pull_numbered(repository, int(request.match_info["number"]))
        body = str(form.get("body", "")).replace("\r\n", "\n").strip()
        if "delete" in form:
            self._delete(request, repository, str(form["delete"]), user)
        elif body:
            self._comments.add(pull, user, body)
        return self._desk.leads_to(address(repository, "pull", str(pull.number)))

    def _delete(self, request: web.Request, repository: FakeRepository, comment_id: str, user: FakeUser) -> None:
        found = next((each for each in repository.comments if str(each.id) == comment_id), None)
        if found is None:
            raise not_found()
        if found.author is not user and not self._may_write(request, repository):
            raise Refusal(403, "That is not yours to do.")
        self._comments.delete(repository, found, user)

    def _head(self, repository: FakeRepository, head: str) -> tuple[FakeRepository, str]:
        """`branch`, or `login:branch` of a fork."""
        login, colon, branch = head.rpartition(":")
        if not colon or login.lower() == repository.owner.lower():
            return repository, branch
        every = self._desk.state.repositories.values()
        named = (each for each in every if each.fork_of is repository and each.owner.lower() == login.lower())
        found = next(named, None)
        if found is None:
            raise not_found()
        return found, branch

    def _may_write(self, request: web.Request, repository: FakeRepository) -> bool:
        is_known = self._desk.user(request) is not None
        return is_known and ROLES.index(self._desk.role(request, repository)) >= ROLES.index("write")

    def _may_change(self, request: web.Request, pull: FakePull) -> bool:
        return self._desk.user(request) is pull.user or self._may_write(request, pull.repository)


def author_of(comment: FakeComment) -> str:
    """The name below which it stands."""
    return f"{comment.author.slug} (App)" if isinstance(comment.author, FakeApp) else comment.author.login
