"""Plans over HTTP: what would be done with a repository, before there is a project for it."""

import msgspec
from litestar import post
from litestar.params import JSONBody

from thakur.accounts import Action
from thakur.api.asked import Asker, Services
from thakur.api.audited import IS_TOLD
from thakur.api.looks import looked_at
from thakur.builds import GitSource, Planned
from thakur.errors import Invalid
from thakur.projects import Overrides


class PlanAsked(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A repository, a branch, tag or commit of it, where the application lies in it, and a token that may read it.

    It is a URL, or with `github` the OWNER/REPO of one that an App of the team opens; the rest may be left out.
    """

    git_url: str = ""
    github: str = ""
    ref: str = ""
    root: str = ""
    git_token: str = ""


# Nothing is changed by it, so the trail does not tell of it.
@post("/api/v1/plans", status_code=200, opt={IS_TOLD: True})
async def make_plan(data: JSONBody[PlanAsked], services: Services, principal: Asker) -> Planned:
    """Look at a repository and say how it would be built and started. Nothing of it is run or kept, the token neither."""
    settings = Overrides(root=data.root or None)
    if not data.github:
        asked = GitSource(url=data.git_url, ref=data.ref)
        return await services.plans.look(principal, asked, data.git_token, settings)
    if data.git_url:
        raise Invalid("A plan is of one repository", hint="Give github or git_url.", field="github")
    principal.require(Action.CREATE_PROJECT, principal.team_id)
    found = await services.connections.find(principal, data.github)
    return await looked_at(services, principal, found, data.ref or found.default_branch, settings)


HANDLERS = [make_plan]
