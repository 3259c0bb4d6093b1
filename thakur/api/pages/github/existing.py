"""The page on which an App that exists on GitHub is added, with the secrets that its owner was shown there."""

from typing import Any

from litestar import Request, Response, get, post

from thakur.accounts import Action, Principal
from thakur.api.asked import Asker, Services
from thakur.api.audited import SUBJECT
from thakur.api.interface import ApiServices
from thakur.api.pages.github.installations import HERE
from thakur.api.pages.parts.rendering import page
from thakur.api.pages.parts.shell import shell_of
from thakur.api.pages.parts.told import back_with, refused
from thakur.errors import ThakurError
from thakur.installations import AppAsked

# Secrets are not shown again where something else was refused.
KEPT = ("url", "api_url", "app_id", "client_id")


@get(f"{HERE}/existing")
async def existing_page(request: Request[Any, Any, Any], services: Services, principal: Asker) -> Response[bytes]:
    """The empty form."""
    principal.require(Action.MANAGE_GITHUB, principal.team_id)
    return await _page(request, services, principal)


@post(f"{HERE}/existing", status_code=303)
async def add_existing_app(request: Request[Any, Any, Any], services: Services, principal: Asker) -> Response[Any]:
    """Keep the App, when GitHub takes its key."""
    form = {name: str(value).strip() for name, value in (await request.form()).items()}
    number, default = form.get("app_id", ""), services.registrations.default
    asked = AppAsked(
        app_id=int(number) if number.isdecimal() and len(number) < 17 else 0,
        client_id=form.get("client_id", ""),
        client_secret=form.get("client_secret", ""),
        private_key=form.get("private_key", ""),
        webhook_secret=form.get("webhook_secret", ""),
        url=form.get("url") or default.web_url,
        api_url=form.get("api_url") or ("" if form.get("url") else default.api_url),
    )
    request.scope["state"][SUBJECT] = number
    try:
        await services.github_apps.add(principal, asked)
    except ThakurError as error:
        return await _page(request, services, principal, form, error)
    return back_with(HERE, "app_added")


async def _page(
    request: Request[Any, Any, Any],
    services: ApiServices,
    principal: Principal,
    form: dict[str, str] | None = None,
    refusal: ThakurError | None = None,
) -> Response[bytes]:
    context = {
        "shell": await shell_of(request, services, principal, HERE),
        "told": refused(refusal) if refusal else None,
        "field": refusal.field if refusal else "",
        "form": {name: (form or {}).get(name, "") for name in KEPT},
        "default_url": services.registrations.default.web_url,
    }
    return page(request, "installations/existing.html", context, status_code=refusal.status if refusal else 200)


HANDLERS = [existing_page, add_existing_app]
