"""The way to GitHub and back: an App is made there by a form that this page holds, and then installed."""

from typing import Annotated, Any
from urllib.parse import urlsplit

from litestar import Request, Response, get
from litestar.params import QueryParameter
from litestar.response import Redirect

from thakur.accounts import Principal
from thakur.api.asked import Asker, Services
from thakur.api.interface import ApiServices
from thakur.api.pages.github.installations import HERE, installations_shown
from thakur.api.pages.parts.rendering import page, posting_to
from thakur.api.pages.parts.shell import shell_of
from thakur.api.pages.parts.told import back_with, refused
from thakur.errors import Malformed, ThakurError
from thakur.installations import Registration, RegistrationAsked

Text = Annotated[str, QueryParameter(max_length=300)]
# The framework has a `state` of its own.
Brought = Annotated[str, QueryParameter(name="state", max_length=300)]
Number = Annotated[int, QueryParameter(ge=0, le=2**53)]


@get(f"{HERE}/new")
async def connect_page(
    request: Request[Any, Any, Any],
    services: Services,
    principal: Asker,
    url: Text = "",
    api_url: Text = "",
    organization: Text = "",
) -> Response[bytes]:
    """What is asked of GitHub and why, and the form that leads there."""
    asked = RegistrationAsked(url=url, api_url=api_url, organization=organization)
    try:
        registration = await services.registrations.begin(principal, asked)
    except ThakurError as error:
        if error.status == 403:
            raise
        return await _page(request, services, principal, asked, refusal=error)
    return await _page(request, services, principal, asked, registration=registration)


@get(f"{HERE}/callback")
async def app_made(
    request: Request[Any, Any, Any], services: Services, principal: Asker, code: Text = "", brought: Brought = ""
) -> Response[Any]:
    """GitHub has made the App: keep it, and go on to where it is installed."""
    try:
        made = await services.registrations.finish(principal, code, brought)
    except ThakurError as error:
        return await installations_shown(request, services, principal, refusal=error)
    await services.accounts.audit(principal, "connect github app", made.app.slug)
    return Redirect(made.install_url, status_code=303)


@get(f"{HERE}/install")
async def install_app(services: Services, principal: Asker, app_id: Number = 0, url: Text = "") -> Redirect:
    """Go to where the App is installed on one more account."""
    return Redirect(await services.registrations.install(principal, app_id, url), status_code=303)


@get(f"{HERE}/setup")
async def app_installed(
    request: Request[Any, Any, Any],
    services: Services,
    principal: Asker,
    installation_id: Number = 0,
    setup_action: Text = "",
    brought: Brought = "",
) -> Response[Any]:
    """GitHub leads whoever has installed the App back here; what the address says is believed of nobody else."""
    try:
        if setup_action == "request":
            return back_with(HERE, "installation_asked")
        if setup_action == "update" and not brought:
            # Whoever changed it on GitHub: the number in the address is not looked at.
            await services.upkeep.look_again(principal)
            return back_with(HERE, "github_looked")
        if not installation_id:
            raise Malformed("The address names no installation")
        app = await services.registrations.installed(principal, installation_id, brought)
    except ThakurError as error:
        return await installations_shown(request, services, principal, refusal=error)
    await services.accounts.audit(principal, "install github app", app.slug)
    return back_with(HERE, "installed")


async def _page(
    request: Request[Any, Any, Any],
    services: ApiServices,
    principal: Principal,
    asked: RegistrationAsked,
    *,
    registration: Registration | None = None,
    refusal: ThakurError | None = None,
) -> Response[bytes]:
    context = {
        "shell": await shell_of(request, services, principal, HERE),
        "told": refused(refusal) if refusal else None,
        "field": refusal.field if refusal else "",
        "asked": asked,
        "default_url": services.registrations.default.web_url,
        "registration": registration,
        "host": urlsplit(registration.web_url).netloc if registration else "",
    }
    return page(
        request,
        "installations/new.html",
        context,
        status_code=refusal.status if refusal else 200,
        headers=posting_to(registration.web_url) if registration else None,
    )


HANDLERS = [connect_page, app_made, install_app, app_installed]
