"""Signing in with GitHub: there by a link, back by a code, and on to a page whose address holds nothing of either."""

from typing import Annotated, Any
from urllib.parse import quote, urlsplit

from litestar import Request, Response, get
from litestar.datastructures import Cookie
from litestar.params import QueryParameter
from litestar.response import Redirect

from thakur.accounts import SESSION_LIFE
from thakur.api.asked import Services
from thakur.api.fields import LARGEST_NUMBER
from thakur.api.interface import ApiServices, login_unsafe
from thakur.api.pages.parts.entering import (
    HOME,
    asker_of,
    brief_cookie,
    brief_name,
    end_session_of,
    own_path,
    session_cookie,
    visitor_of,
)
from thakur.api.pages.parts.ways_in import LONGEST_PATH
from thakur.api.visits import arrival_in
from thakur.errors import ThakurError
from thakur.identities import SIGN_IN_LIFE, Refusal, Returned

JOURNEY, REFUSAL = "thakur_journey", "thakur_refusal"
REFUSAL_SECONDS = 60
# The code is in this page's address: nobody is told of it.
HEADERS = {"referrer-policy": "no-referrer"}
ACCOUNT = "/account"

AppId = Annotated[int, QueryParameter(name="app", ge=1, le=LARGEST_NUMBER)]
Next = Annotated[str, QueryParameter(name="next", max_length=LONGEST_PATH)]
Moved = Annotated[str, QueryParameter(name="moved", max_length=1)]
Code = Annotated[str, QueryParameter(name="code", max_length=300)]
Wrong = Annotated[str, QueryParameter(name="error", max_length=300)]
Brought = Annotated[str, QueryParameter(name="state", max_length=300)]


@get("/login/github")
async def leave_for_github(
    request: Request[Any, Any, Any], services: Services, app: AppId, there: Next = "", moved: Moved = ""
) -> Response[Any]:
    """Go to GitHub, from the one address of this dashboard that GitHub leads back to."""
    if not moved and is_elsewhere(request, services):
        here = f"/login/github?app={app}&moved=1&next={quote(there, safe='')}"
        return Redirect(services.dashboard_url(here), status_code=303, headers=HEADERS)
    try:
        if not arrival_in(request.scope).may_sign_in:
            raise login_unsafe()
        begun = await services.sign_ins.begin(app, own_path(there))
    except ThakurError as error:
        return _refused(request, services, error, "/login")
    answer = Redirect(begun.url, status_code=303, headers=HEADERS)
    answer.set_cookie(journey_cookie(request, begun.journey))
    return answer


@get("/login/github/callback")
async def come_back(
    request: Request[Any, Any, Any], services: Services, brought: Brought = "", code: Code = "", wrong: Wrong = ""
) -> Response[Any]:
    """Where GitHub leads people back to."""
    asker = asker_of(request)
    journey = request.cookies.get(brief_name(request, JOURNEY), "")
    returned = Returned(state=brought, code=code, error=wrong)
    try:
        if not arrival_in(request.scope).may_sign_in:
            raise login_unsafe()
        completed = await services.sign_ins.complete(journey, returned, visitor_of(request), asker)
    except ThakurError as refusal:
        answer = _refused(request, services, refusal, ACCOUNT if asker else "/login")
    else:
        answer = Redirect(completed.return_to, status_code=303, headers=HEADERS)
        if completed.session is not None:
            await end_session_of(services, asker)
            answer.set_cookie(session_cookie(request, completed.session, int(SESSION_LIFE.total_seconds())))
    answer.set_cookie(journey_cookie(request, ""))
    return answer


def refusal_in(request: Request[Any, Any, Any], services: ApiServices) -> Refusal | None:
    """Why somebody was led here a moment ago, if they were."""
    sealed = request.cookies.get(brief_name(request, REFUSAL), "")
    return services.sign_ins.refused(sealed) if sealed else None


def forget_refusal(request: Request[Any, Any, Any], answer: Response[Any]) -> None:
    """It is told once."""
    if brief_name(request, REFUSAL) in request.cookies:
        answer.set_cookie(brief_cookie(request, REFUSAL, "", 0))


def _refused(request: Request[Any, Any, Any], services: ApiServices, error: ThakurError, there: str) -> Response[Any]:
    answer = Redirect(there, status_code=303, headers=HEADERS)
    answer.set_cookie(brief_cookie(request, REFUSAL, services.sign_ins.refusal(error), REFUSAL_SECONDS))
    return answer


def journey_cookie(request: Request[Any, Any, Any], value: str) -> Cookie:
    """What the browser takes along to GitHub and back."""
    return brief_cookie(request, JOURNEY, value, int(SIGN_IN_LIFE.total_seconds()) if value else 0)


def is_elsewhere(request: Request[Any, Any, Any], services: ApiServices) -> bool:
    """Whether this is another address of the dashboard than the one that GitHub leads back to."""
    # The cookie that the browser takes along is of the host that it leaves from.
    return request.headers.get("host", "") != urlsplit(home(services)).netloc


def home(services: ApiServices) -> str:
    """That address."""
    return services.dashboard_url(HOME).removesuffix(HOME)


HANDLERS = [leave_for_github, come_back]
