"""The page of Apps: where each is installed, how it fares, where its events go, and letting it go."""

from typing import Any

import msgspec
from litestar import Request, Response, get, post
from litestar.datastructures import FormMultiDict
from litestar.response import Redirect

from thakur.accounts import Action, Principal
from thakur.api.asked import Asker, Services
from thakur.api.audited import SUBJECT
from thakur.api.interface import ApiServices
from thakur.api.pages.parts.rendering import page
from thakur.api.pages.parts.shell import shell_of
from thakur.api.pages.parts.told import back_with, refused, told
from thakur.errors import Invalid, ThakurError
from thakur.installations import PULL_HOOK_URL, GitHubApp
from thakur.webhooks import Arrived

HERE = "/installations"


class AppShown(msgspec.Struct, frozen=True, kw_only=True):
    """An App on the page: `expected` is where its events should go, `followers` are projects with their repositories."""

    app: GitHubApp
    arrived: Arrived | None
    expected: str
    followers: tuple[tuple[str, str], ...]

    @property
    def host(self) -> str:
        return self.app.web_url.partition("://")[2]

    @property
    def is_led_elsewhere(self) -> bool:
        """Whether GitHub sends events to where nobody of this server takes them."""
        return bool(self.expected) and self.app.hook_url != self.expected and not self.app.is_pulled

    @property
    def is_led_nowhere(self) -> bool:
        return self.app.hook_url in ("", PULL_HOOK_URL)


@get(HERE)
async def installations_page(request: Request[Any, Any, Any], services: Services, principal: Asker) -> Response[bytes]:
    """Every App that the reader manages."""
    return await installations_shown(request, services, principal)


@post(f"{HERE}/look", status_code=303)
async def look_again(services: Services, principal: Asker) -> Redirect:
    """Ask GitHub how the Apps fare."""
    await services.upkeep.look_again(principal)
    return back_with(HERE, "github_looked")


@post(f"{HERE}/webhook", status_code=303)
async def set_webhook(request: Request[Any, Any, Any], services: Services, principal: Asker) -> Response[Any]:
    """Have GitHub send the App's events to this server, or sign them anew."""
    form = await request.form()
    is_new_secret = form.get("secret") == "new"
    try:
        app = await services.upkeep.set_hook(principal, *named(form), is_new_secret=is_new_secret)
    except ThakurError as error:
        return await installations_shown(request, services, principal, refusal=error)
    request.scope["state"][SUBJECT] = app.slug
    return back_with(HERE, "hook_signed_anew" if is_new_secret else "hook_set")


@post(f"{HERE}/removal", status_code=200)
async def remove_app(request: Request[Any, Any, Any], services: Services, principal: Asker) -> Response[bytes]:
    """Forget the App, if its name was typed; its owner is led to what is left of it on GitHub."""
    principal.require(Action.MANAGE_GITHUB, principal.team_id)
    form = await request.form()
    try:
        (app,) = [each for each in (await services.github_apps.managed(principal)).values() if is_named(each, form)]
    except ValueError:
        return await installations_shown(request, services, principal, refusal=Invalid("That App is not here any more"))
    if form.get("retyped") != app.slug:
        error = Invalid("The name that was typed is another one", hint=f"Type {app.slug} to remove it.")
        return await installations_shown(request, services, principal, refusal=error)
    request.scope["state"][SUBJECT] = app.slug
    removed = await services.upkeep.remove(principal, app.app_id, app.web_url)
    return await installations_shown(request, services, principal, removed=removed)


async def installations_shown(
    request: Request[Any, Any, Any],
    services: ApiServices,
    principal: Principal,
    *,
    refusal: ThakurError | None = None,
    removed: GitHubApp | None = None,
) -> Response[bytes]:
    """The page, with what has just come of something at its top."""
    context = {
        "shell": await shell_of(request, services, principal, HERE),
        "told": refused(refusal) if refusal else told(request),
        "apps": await _apps(services, principal),
        "removed": removed,
    }
    return page(request, "installations/index.html", context, status_code=refusal.status if refusal else 200)


def named(form: FormMultiDict) -> tuple[int, str]:
    """The App that a form is about."""
    number = str(form.get("app_id", ""))
    return int(number) if number.isdecimal() and len(number) < 17 else 0, str(form.get("url", ""))


def is_named(app: GitHubApp, form: FormMultiDict) -> bool:
    return (app.app_id, app.web_url) == named(form)


async def _apps(services: ApiServices, principal: Principal) -> list[AppShown]:
    managed = await services.github_apps.managed(principal)
    arrived = await services.deliveries.arrived(principal)
    names = {project.id: project.name for project in await services.projects.list(principal)}
    connections = (await services.connections.of(list(names))).values()
    return [
        AppShown(
            app=app,
            arrived=arrived.get((app.web_url, app.app_id)),
            expected=services.upkeep.hook_url(app),
            followers=tuple((names[each.project_id], each.full_name) for each in connections if each.app == row),
        )
        for row, app in managed.items()
    ]


HANDLERS = [installations_page, look_again, set_webhook, remove_app]
