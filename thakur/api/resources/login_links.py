"""Login links, for the operator: a route that only the local socket's app has."""

from datetime import datetime

import msgspec
from litestar import post
from litestar.params import JSONBody

from thakur.accounts import LinkKind
from thakur.api.asked import Asker, Services
from thakur.api.audited import IS_TOLD
from thakur.api.marks import IS_SECRET


class LinkAsked(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Whom the link signs in; without a name the one owner, or whoever becomes it."""

    user: str | None = None


class LinkShown(msgspec.Struct, frozen=True, kw_only=True):
    """A new link. The `url` holds its secret, which nobody is shown again."""

    url: str
    kind: LinkKind
    user: str | None
    expires_at: datetime


@post("/api/v1/login-links", opt={IS_TOLD: True, IS_SECRET: True})
async def make_login_link(data: JSONBody[LinkAsked], services: Services, principal: Asker) -> LinkShown:
    """A link that can be used once, within ten minutes."""
    made = await services.links.make_login(principal, data.user)
    url = services.dashboard_url(f"/login/link/{made.secret}")
    return LinkShown(url=url, kind=made.kind, user=made.user, expires_at=made.expires_at)


HANDLERS = [make_login_link]
