"""API tokens of the asker: the list, a new one, the end of one."""

from datetime import datetime, timedelta
from typing import Annotated, Literal

import msgspec
from litestar import delete, get, post
from litestar.params import FromPath, JSONBody

from thakur.accounts import Token, TokenScope
from thakur.api.asked import Asker, Services
from thakur.api.audited import IS_TOLD
from thakur.api.fields import Label
from thakur.api.marks import IS_SECRET

ROOT = "/api/v1/tokens"
LONGEST_DAYS = 3650


class TokenAsked(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a new token is called, what it may, and for how long; without days it does not expire."""

    name: Label
    scope: TokenScope = TokenScope.DEPLOY
    expires_days: Annotated[int, msgspec.Meta(ge=1, le=LONGEST_DAYS)] | None = None


class TokenShown(msgspec.Struct, frozen=True, kw_only=True):
    """A new token. `token` is the secret, which nobody is shown again."""

    token: str
    name: str
    prefix: str
    team: str
    scope: TokenScope
    expires_at: datetime | None


class TokenRevoked(msgspec.Struct, frozen=True):
    """The token that ended."""

    name: str
    status: Literal["revoked"] = "revoked"


@get(ROOT)
async def list_tokens(services: Services, principal: Asker) -> list[Token]:
    """The asker's own, newest first; whoever manages members sees all of the team."""
    return await services.tokens.list(principal)


@post(ROOT, opt={IS_TOLD: True, IS_SECRET: True})
async def make_token(data: JSONBody[TokenAsked], services: Services, principal: Asker) -> TokenShown:
    """A token in the team that the asker acts in."""
    life = None if data.expires_days is None else timedelta(days=data.expires_days)
    made = await services.tokens.make(principal, data.name, data.scope, life)
    return TokenShown(
        token=made.secret,
        name=made.token.name,
        prefix=made.token.prefix,
        team=made.token.team,
        scope=made.token.scope,
        expires_at=made.token.expires_at,
    )


@delete(f"{ROOT}/{{token:str}}", status_code=200, opt={IS_TOLD: True})
async def revoke_token(services: Services, principal: Asker, token: FromPath[str]) -> TokenRevoked:
    """Nobody is let in by it from now on."""
    await services.tokens.revoke(principal, token)
    return TokenRevoked(token)


HANDLERS = [list_tokens, make_token, revoke_token]
