"""Plans over HTTP: what would be done with a repository, before there is a project for it."""

import msgspec
from litestar import post
from litestar.params import JSONBody

from thakur.api.asked import Asker, Services
from thakur.api.audited import IS_TOLD
from thakur.builds import GitSource, Planned
from thakur.projects import Overrides


class PlanAsked(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A repository, a branch, tag or commit of it, where the application lies in it, and a token that may read it.

    All but the URL may be left out.
    """

    git_url: str
    ref: str = ""
    root: str = ""
    git_token: str = ""


# Nothing is changed by it, so the trail does not tell of it.
@post("/api/v1/plans", status_code=200, opt={IS_TOLD: True})
async def make_plan(data: JSONBody[PlanAsked], services: Services, principal: Asker) -> Planned:
    """Look at a repository and say how it would be built and started. Nothing of it is run or kept, the token neither."""
    asked = GitSource(url=data.git_url, ref=data.ref)
    return await services.plans.look(principal, asked, data.git_token, Overrides(root=data.root or None))


HANDLERS = [make_plan]
