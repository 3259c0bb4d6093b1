"""Where in a repository a page is: a branch whose name may hold slashes, and a path in it."""

from typing import NamedTuple
from urllib.parse import quote

from aiohttp import web

from thakur.fakegithub.door.answers import not_found
from thakur.fakegithub.git.commits import branches, resolved
from thakur.fakegithub.state import FakeRepository


class Place(NamedTuple):
    """A path at a branch, or at a commit, which nobody can change."""

    repository: FakeRepository
    ref: str
    sha: str
    path: str
    is_branch: bool


def place_in(repository: FakeRepository, request: web.Request) -> Place:
    """The rest of the address: the longest branch that it begins with, or a commit, and the path."""
    rest = request.match_info.get("rest", "").strip("/") or repository.default_branch
    heads = branches(repository.path)
    held = [name for name in heads if rest == name or rest.startswith(f"{name}/")]
    if held:
        ref = max(held, key=len)
        return Place(repository, ref, heads[ref], rest[len(ref) :].strip("/"), is_branch=True)
    ref, _, path = rest.partition("/")
    sha = resolved(repository.path, ref)
    if sha is None:
        raise not_found()
    return Place(repository, ref, sha, path, is_branch=False)


def address(repository: FakeRepository, kind: str = "", *rest: str) -> str:
    """The path of one of its pages; what stands in it is quoted."""
    parts = [repository.full_name, kind, *(quote(each) for each in rest)]
    return "/" + "/".join(each for each in parts if each)
