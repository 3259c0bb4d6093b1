"""The stand-in's REST: commits, and what two of them differ in."""

from typing import Any

from aiohttp import web

from thakur.fakegithub.door.answers import Refusal, not_found, paged
from thakur.fakegithub.door.knowing import repository_in
from thakur.fakegithub.git.commits import between, merge_base, resolved
from thakur.fakegithub.git.differences import changes
from thakur.fakegithub.rest.places import in_repository
from thakur.fakegithub.shown.commits import FILES, change_shown, commit_shown, commit_with_files
from thakur.fakegithub.shown.repositories import repository_url
from thakur.fakegithub.state import FakeRepository, State

# A comparison without pages tells of these commits; a list of commits walks no further than this.
COMPARED = 250
LISTED = 10_000


class CommitRoutes:
    """Asked with `contents`."""

    def __init__(self, state: State, web_url: str) -> None:
        self._state = state
        self._web_url = web_url

    def routes(self) -> list[web.RouteDef]:
        return [
            *in_repository("GET", "/compare/{basehead:.+}", self.compare),
            *in_repository("GET", "/commits", self.commits),
            # After everything else that is below a commit.
            *in_repository("GET", "/commits/{ref:.+}", self.commit),
        ]

    async def commits(self, request: web.Request) -> web.Response:
        found = repository_in(self._state, request, "contents", "read")
        head = resolved(found.path, request.query.get("sha") or found.default_branch)
        if head is None:
            raise Refusal(409, "Git Repository is empty.") if "sha" not in request.query else not_found()
        newest_first = between(found.path, "0" * 40, head, LISTED)[::-1]
        return paged(request, newest_first, lambda sha: commit_shown(found, sha, self._web_url))

    async def commit(self, request: web.Request) -> web.Response:
        found = repository_in(self._state, request, "contents", "read")
        ref = request.match_info["ref"]
        sha = resolved(found.path, ref)
        if sha is None:
            raise Refusal(422, f"No commit found for SHA: {ref}")
        return web.json_response(commit_with_files(found, sha, self._web_url))

    async def compare(self, request: web.Request) -> web.Response:
        found = repository_in(self._state, request, "contents", "read")
        base, dots, head = request.match_info["basehead"].partition("...")
        old, new = (resolved(found.path, each.rpartition(":")[2]) for each in (base, head))
        if not dots or old is None or new is None:
            raise not_found()
        common = merge_base(found.path, old, new)
        if common is None:
            raise Refusal(404, f"No common ancestor between {base} and {head}.")
        ahead, behind = between(found.path, old, new, LISTED), between(found.path, new, old, LISTED)
        page, size = _page(request)
        told = ahead[(page - 1) * size : page * size]
        body = self._compared(found, base, head, (old, new, common)) | {
            "status": _status(len(ahead), len(behind)),
            "ahead_by": len(ahead),
            "behind_by": len(behind),
            "total_commits": len(ahead),
            "commits": [commit_shown(found, each, self._web_url) for each in told],
        }
        if page == 1:
            changed = changes(found.path, common, new)[:FILES]
            body["files"] = [change_shown(found, each, new, self._web_url) for each in changed]
        return web.json_response(body)

    def _compared(self, found: FakeRepository, base: str, head: str, shas: tuple[str, str, str]) -> dict[str, Any]:
        old, new, common = shas
        html_url = f"{self._web_url}/{found.full_name}/compare/{base}...{head}"
        return {
            "url": f"{repository_url(found, self._web_url)}/compare/{base}...{head}",
            "html_url": html_url,
            "permalink_url": f"{self._web_url}/{found.full_name}/compare/{old[:7]}...{new[:7]}",
            "diff_url": f"{html_url}.diff",
            "patch_url": f"{html_url}.patch",
            "base_commit": commit_shown(found, old, self._web_url),
            "merge_base_commit": commit_shown(found, common, self._web_url),
        }


def _page(request: web.Request) -> tuple[int, int]:
    size = min(int(request.query.get("per_page", COMPARED)), COMPARED)
    return int(request.query.get("page", "1")), size


def _status(ahead: int, behind: int) -> str:
    if ahead and behind:
        return "diverged"
    return "ahead" if ahead else "behind" if behind else "identical"
