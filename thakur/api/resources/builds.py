"""Builds of a project: the list, one by number, its log, its end, and a new one from an upload."""

from operator import attrgetter
from typing import Annotated, Any

import msgspec
from litestar import Request, Response, get, post
from litestar.params import FromPath, QueryParameter

from thakur.api.asked import After, Asked, Asker, Before, Limit, Services
from thakur.api.body import announced, counted, decoded
from thakur.api.lines import LineShown
from thakur.api.marks import TAKES, UPLOADS
from thakur.api.paging import page_of
from thakur.api.resources.logs import Tails, log_answer
from thakur.api.resources.shown import BuildShown, build_shown
from thakur.api.sought import InEnvironment, OfBranch, Sought
from thakur.builds import BuildsSought, BuildStatus, GitSource, Upload
from thakur.errors import Malformed

ROOT = "/api/v1/projects/{name:str}/builds"
UPLOAD_TYPES = ("application/zstd", "application/octet-stream", "application/x-tar+zstd")

JSON_BYTES = 64 * 1024

Status = Annotated[BuildStatus | None, QueryParameter()]
Fresh = Annotated[bool, QueryParameter()]
Commit = Annotated[str | None, QueryParameter(pattern="^[0-9a-f]{40}([0-9a-f]{24})?$")]


class GitAsked(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A commit to build: without a `git_url` the project's repository is meant, without a `ref` its branch."""

    git_url: str = ""
    ref: str = ""
    fresh: bool = False


@get(ROOT)
async def list_builds(
    request: Request[Any, Any, Any],
    services: Services,
    principal: Asker,
    project: Asked,
    before: Before = None,
    limit: Limit = 50,
    status: Status = None,
    branch: OfBranch = "",
    environment: InEnvironment = "",
) -> Response[list[BuildShown]]:
    """The newest builds, numbers below `before`, that fit what is given; `*` in a `branch` is any characters.

    `preview` as an `environment` is any but production.
    """
    ids = await Sought(environment=environment).environment_ids(services.projects, project)
    sought = BuildsSought(environment_ids=ids, status=status, branch=branch)
    builds = await services.builds.list(principal, project.id, limit=limit + 1, before=before, sought=sought)
    return page_of(request, [build_shown(build) for build in builds], limit, attrgetter("number"))


@post(ROOT, request_max_body_size=None, opt={TAKES: GitAsked, UPLOADS: UPLOAD_TYPES})
async def request_build(
    request: Request[Any, Any, Any],
    services: Services,
    principal: Asker,
    project: Asked,
    folder: Annotated[str, QueryParameter(max_length=255)] = "",
    commit: Commit = None,
    message: Annotated[str | None, QueryParameter(max_length=1000)] = None,
    fresh: Fresh = False,  # noqa: FBT002  (a query parameter)
) -> BuildShown:
    """A build of production from a `tar.zst` in the body, or from a commit that JSON names; a `fresh` one reuses nothing."""
    kind = request.headers.get("content-type", "application/zstd").split(";")[0].strip().lower()
    if kind == "application/json":
        asked = decoded(await _short(request), GitAsked)
        source = GitSource(url=asked.git_url, ref=asked.ref, is_fresh=asked.fresh)
        return build_shown(await services.builds.request_git(principal, project.id, source))
    if kind not in UPLOAD_TYPES:
        raise Malformed(
            "The body must be a tar.zst, or JSON that names a commit",
            hint="Send it with the content type application/zstd, or application/json.",
        )
    announced(request)
    upload = Upload(folder=folder, commit=commit, message=message, is_fresh=fresh)
    return build_shown(await services.builds.request(principal, project.id, upload, counted(request)))


@get(f"{ROOT}/{{number:int}}")
async def get_build(services: Services, principal: Asker, project: Asked, number: FromPath[int]) -> BuildShown:
    """One build."""
    return build_shown(await services.builds.get(principal, project.id, number))


@post(f"{ROOT}/{{number:int}}/cancellation", status_code=202)
async def cancel_build(services: Services, principal: Asker, project: Asked, number: FromPath[int]) -> BuildShown:
    """End this build, which waits or runs; its processes go in a moment."""
    return build_shown(await services.builds.cancel(principal, project.id, number))


@get(f"{ROOT}/{{number:int}}/logs")
async def build_logs(
    request: Request[Any, Any, Any],
    services: Services,
    principal: Asker,
    tails: Tails,
    project: Asked,
    number: FromPath[int],
    after: After = 0,
    limit: Limit = 500,
) -> Response[list[LineShown]]:
    """The lines of the build and of the deployment made from it."""
    build = await services.builds.get(principal, project.id, number)
    return await log_answer(request, services.logs, tails, build.log_stream_id, after=after, limit=limit)


async def _short(request: Request[Any, Any, Any]) -> bytes:
    # The route takes uploads, so the usual limit of a JSON body is not there.
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > JSON_BYTES:
            raise Malformed("The body is too long for a question")
    return body


HANDLERS = [list_builds, request_build, get_build, cancel_build, build_logs]
