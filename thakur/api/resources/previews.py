"""Previews of a project: the list, one of a branch by hand, a fork's approval, taking one down, and the rules."""

from datetime import datetime
from typing import Annotated, Any

import msgspec
from litestar import Request, Response, delete, get, patch, post
from litestar.params import FromPath, JSONBody

from thakur.api.asked import AfterOrNewest, Asked, Asker, Limit, Services
from thakur.api.audited import SUBJECT
from thakur.api.lines import LineShown
from thakur.api.resources.logs import NEWEST_LINES, Tails, log_answer
from thakur.installations import PreviewRules
from thakur.webhooks import Preview, PreviewNotFound, PreviewStatus

ROOT = "/api/v1/projects/{name:str}/previews"
RULES = "/api/v1/projects/{name:str}/preview-rules"

Commit = Annotated[str, msgspec.Meta(min_length=40, max_length=64, pattern="^[0-9a-f]+$")]
Branch = Annotated[str, msgspec.Meta(min_length=1, max_length=300)]


class PreviewShown(msgspec.Struct, frozen=True, kw_only=True):
    """A preview by its environment's `label`: of a `branch`, or of a fork's `pull_request`, whose `title` is a stranger's.

    `waits_for` is a fork's commit that is built once somebody approves it. `commit` is the one that was built last, as
    `number`; `live` is the number that serves at `url`. `why` is a sentence.
    """

    label: str
    branch: str
    pull_request: int | None
    title: str
    url: str
    status: PreviewStatus
    why: str
    commit: str | None
    waits_for: str | None
    approves_all: bool
    number: int | None
    live: int | None
    built_at: datetime | None


class PreviewAsked(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A branch to which nothing was pushed since the project follows its repository."""

    branch: Branch


class ApprovalAsked(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The commit that waits, as it was looked at; with `every` each later one of the pull request is approved too."""

    commit: Commit
    every: bool = False


class RulesChange(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What of the rules becomes another: null unsets, and what is not named stays."""

    is_on: bool | msgspec.UnsetType | None = msgspec.UNSET
    branches: list[str] | msgspec.UnsetType | None = msgspec.UNSET
    limit: int | msgspec.UnsetType | None = msgspec.UNSET


class PreviewBegun(msgspec.Struct, frozen=True):
    """It comes in a moment."""

    branch: str


class PreviewApproved(msgspec.Struct, frozen=True):
    """It is built now."""

    label: str
    commit: str


class PreviewGoing(msgspec.Struct, frozen=True):
    """It goes in the background."""

    label: str


class RulesShown(msgspec.Struct, frozen=True, kw_only=True):
    """Which branches may have previews, and how many; `trouble` is why some previews may be missing."""

    is_on: bool
    branches: tuple[str, ...]
    limit: int
    trouble: str = ""


@get(ROOT)
async def list_previews(services: Services, principal: Asker, project: Asked) -> list[PreviewShown]:
    """The previews of a project that follows a repository on GitHub, those that wait for approval first."""
    found = await services.previews.show(principal, project.id)
    return [preview_shown(each) for each in found.previews]


@post(ROOT, status_code=202)
async def begin_preview(
    data: JSONBody[PreviewAsked], services: Services, principal: Asker, project: Asked
) -> PreviewBegun:
    """Preview a branch that is there already; one that is pushed to has a preview by itself."""
    await services.previews.begin(principal, project.id, data.branch)
    return PreviewBegun(data.branch)


@post(f"{ROOT}/{{label:str}}/approval", status_code=202)
async def approve_preview(
    request: Request[Any, Any, Any],
    data: JSONBody[ApprovalAsked],
    services: Services,
    principal: Asker,
    project: Asked,
    label: FromPath[str],
) -> PreviewApproved:
    """Have a commit of a fork's pull request built and run, without any env var."""
    request.scope["state"][SUBJECT] = f"{project.name} {label}"
    await services.previews.approve(principal, project.id, label, data.commit, every=data.every)
    return PreviewApproved(label, data.commit)


@get(f"{ROOT}/{{label:str}}/logs")
async def preview_logs(
    request: Request[Any, Any, Any],
    services: Services,
    principal: Asker,
    tails: Tails,
    project: Asked,
    label: FromPath[str],
    after: AfterOrNewest = None,
    limit: Limit = NEWEST_LINES,
) -> Response[list[LineShown]]:
    """What the preview's replicas write; without `after`, from the newest lines on."""
    if label not in [each.label for each in await services.projects.environments(project.id)]:
        raise PreviewNotFound(f"Nothing was deployed to {label[:100]}", hint="thakur previews lists them.")
    stream_id = await services.runtime.runtime_stream(principal, project.id, label)
    return await log_answer(request, services.logs, tails, stream_id, after=after, limit=limit)


@delete(f"{ROOT}/{{label:str}}", status_code=202)
async def remove_preview(
    request: Request[Any, Any, Any], services: Services, principal: Asker, project: Asked, label: FromPath[str]
) -> PreviewGoing:
    """Refuse what waits and take down what runs, until something is pushed there."""
    request.scope["state"][SUBJECT] = f"{project.name} {label}"
    await services.previews.remove(principal, project.id, label)
    return PreviewGoing(label)


@get(RULES)
async def get_preview_rules(services: Services, principal: Asker, project: Asked) -> RulesShown:
    """Which branches may have previews."""
    found = await services.previews.show(principal, project.id)
    return _rules(found.rules, found.trouble)


@patch(RULES)
async def change_preview_rules(
    data: JSONBody[RulesChange], services: Services, principal: Asker, project: Asked
) -> RulesShown:
    """Allow others from now on; previews that the rules do not allow any more go."""
    given = msgspec.structs.asdict(data).items()
    changes = {name: value for name, value in given if value is not msgspec.UNSET}
    return _rules(await services.previews.change_rules(principal, project.id, changes))


def preview_shown(preview: Preview) -> PreviewShown:
    """Without the tables' own keys."""
    told = {name: getattr(preview, name) for name in PreviewShown.__struct_fields__ if name != "built_at"}
    return PreviewShown(**told, built_at=preview.at)


def _rules(rules: PreviewRules, trouble: str = "") -> RulesShown:
    return RulesShown(is_on=rules.is_on, branches=rules.branches, limit=rules.limit, trouble=trouble)


HANDLERS = [
    preview_logs,
    list_previews,
    begin_preview,
    approve_preview,
    remove_preview,
    get_preview_rules,
    change_preview_rules,
]
