"""Single keys: whether pages listen to them, kept in a cookie of this browser."""

from typing import Any

from litestar import Request, post
from litestar.datastructures import Cookie
from litestar.response import Redirect

from thakur.api.audited import IS_TOLD
from thakur.api.pages.parts.shell import KEYS_COOKIE
from thakur.api.pages.parts.told import back_with
from thakur.api.pages.theme import KEPT_SECONDS


@post("/account/keys", status_code=303, opt={IS_TOLD: True})
async def set_keys(request: Request[Any, Any, Any]) -> Redirect:
    """Turn them on or off."""
    is_on = str((await request.form()).get("keys", "")) == "on"
    answer = back_with("/account", "keys_on" if is_on else "keys_off")
    seconds = 0 if is_on else KEPT_SECONDS
    answer.set_cookie(Cookie(key=KEYS_COOKIE, value="1", max_age=seconds, path="/", httponly=True, samesite="lax"))
    return answer


HANDLERS = [set_keys]
