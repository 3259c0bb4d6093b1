"""A file is changed on a page: a real commit, to the branch or to a new one, also in a fork."""

from typing import Any, NamedTuple

from aiohttp import web
from multidict import MultiDictProxy

from thakur.fakegithub.acts.pushes import Pushes
from thakur.fakegithub.acts.repositories import Repositories
from thakur.fakegithub.door.answers import Refusal, not_found
from thakur.fakegithub.git.commits import branches, fetch
from thakur.fakegithub.git.merging import edited
from thakur.fakegithub.git.names import is_branch_name, is_file_name
from thakur.fakegithub.git.trees import content
from thakur.fakegithub.pages.desk import Desk
from thakur.fakegithub.pages.places import Place, address, place_in
from thakur.fakegithub.people.accounts import FakeUser
from thakur.fakegithub.people.roles import ROLES
from thakur.fakegithub.state import FakeRepository

Form = MultiDictProxy[Any]


class Edit(NamedTuple):
    """What a form asks for; `content` is none when the file is to be gone."""

    path: str
    content: bytes | None
    message: str
    new_branch: str


class EditingPages:
    """Who may not write makes the change in a fork, as on GitHub."""

    def __init__(self, desk: Desk, repositories: Repositories, pushes: Pushes) -> None:
        self._desk = desk
        self._repositories = repositories
        self._pushes = pushes

    def routes(self) -> list[web.RouteDef]:
        place = "/{owner}/{repo}"
        return [
            web.get(f"{place}/edit/{{rest:.+}}", self.ask),
            web.post(f"{place}/edit/{{rest:.+}}", self.edit),
            web.get(f"{place}/new/{{rest:.+}}", self.ask_new),
            web.post(f"{place}/new/{{rest:.+}}", self.add),
            web.post(f"{place}/fork", self.fork),
        ]

    async def ask(self, request: web.Request) -> web.Response:
        user = self._desk.user(request)
        if user is None:
            return self._desk.sign_in(request, request.rel_url.raw_path_qs)
        place = self._place(request)
        found = content(place.repository.path, place.sha, place.path)
        if found is None or b"\0" in found:
            raise not_found()
        return self._form(request, place, found.decode(errors="replace"), is_new=False)

    async def ask_new(self, request: web.Request) -> web.Response:
        if self._desk.user(request) is None:
            return self._desk.sign_in(request, request.rel_url.raw_path_qs)
        return self._form(request, self._place(request), "", is_new=True)

    async def edit(self, request: web.Request) -> web.Response:
        user, form = self._desk.required(request), await request.post()
        place = self._place(request)
        if content(place.repository.path, place.sha, place.path) is None:
            raise not_found()
        if str(form.get("head", place.sha)) != place.sha:
            raise Refusal(409, f"{place.ref} has changed meanwhile. Go back, and make the change again.")
        is_gone = form.get("act") == "delete"
        given = None if is_gone else _text(form)
        words = f"{'Delete' if is_gone else 'Update'} {place.path}"
        return self._commit(request, place, user, Edit(place.path, given, _message(form, words), _branch(form)))

    async def add(self, request: web.Request) -> web.Response:
        user, form = self._desk.required(request), await request.post()
        place = self._place(request)
        path = f"{place.path}/{str(form.get('name', '')).strip()}".strip("/")
        if not is_file_name(path) or content(place.repository.path, place.sha, path) is not None:
            raise Refusal(422, f"{path} cannot be a new file.")
        return self._commit(
            request, place, user, Edit(path, _text(form), _message(form, f"Create {path}"), _branch(form))
        )

    async def fork(self, request: web.Request) -> web.Response:
        user = self._desk.required(request)
        return self._desk.leads_to(address(self._repositories.fork(self._desk.repository(request), user)))

    def _place(self, request: web.Request) -> Place:
        place = place_in(self._desk.repository(request), request)
        if not place.is_branch:
            raise Refusal(422, "Only branches can be changed.")
        return place

    def _form(self, request: web.Request, place: Place, text: str, *, is_new: bool) -> web.Response:
        taken = branches(place.repository.path)
        number = next(each for each in range(1, len(taken) + 2) if f"patch-{each}" not in taken)
        return self._desk.page(
            request,
            "edit.html",
            repository=place.repository,
            address=address,
            place=place,
            text=text,
            is_new=is_new,
            new_branch=f"patch-{number}",
            may_write=self._may_write(request, place.repository),
        )

    def _commit(self, request: web.Request, place: Place, user: FakeUser, edit: Edit) -> web.Response:
        base = place.repository
        if not self._may_write(request, base):
            return self._propose(place, self._repositories.fork(base, user), user, edit)
        sha = edited(base.path, place.sha, edit.path, edit.content, user, edit.message)
        branch = edit.new_branch or place.ref
        if edit.new_branch:
            _check_new(edit.new_branch, base)
        self._pushes.move(base, branch, sha, user)
        if edit.new_branch:
            return self._desk.leads_to(address(base, "compare", f"{place.ref}...{branch}"))
        if edit.content is None:
            return self._desk.leads_to(address(base, "tree", branch))
        return self._desk.leads_to(address(base, "blob", branch, edit.path))

    def _propose(self, place: Place, fork: FakeRepository, user: FakeUser, edit: Edit) -> web.Response:
        branch = edit.new_branch or "patch-1"
        _check_new(branch, fork)
        fetch(fork.path, place.repository.path, f"refs/heads/{place.ref}", "refs/upstream/head")
        sha = edited(fork.path, place.sha, edit.path, edit.content, user, edit.message)
        self._pushes.move(fork, branch, sha, user)
        return self._desk.leads_to(address(place.repository, "compare", f"{place.ref}...{user.login}:{branch}"))

    def _may_write(self, request: web.Request, repository: FakeRepository) -> bool:
        return ROLES.index(self._desk.role(request, repository)) >= ROLES.index("write")


def _check_new(branch: str, repository: FakeRepository) -> None:
    if not is_branch_name(branch) or branch in branches(repository.path):
        raise Refusal(422, f"{branch} cannot be a new branch.")


def _text(form: Form) -> bytes:
    """Browsers send lines as they do in mail; files have them otherwise."""
    text = str(form.get("content", "")).replace("\r\n", "\n")
    return (text if not text or text.endswith("\n") else f"{text}\n").encode()


def _message(form: Form, otherwise: str) -> str:
    return str(form.get("message", "")).replace("\r\n", "\n").strip() or otherwise


def _branch(form: Form) -> str:
    return str(form.get("branch", "")).strip() if form.get("target") == "branch" else ""
