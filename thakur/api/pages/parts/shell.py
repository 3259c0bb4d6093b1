"""The shell: what surrounds every page."""

from typing import Any, Literal

import msgspec
from litestar import Request

from thakur.accounts import Action, Principal
from thakur.api.interface import ApiServices
from thakur.api.pages.parts.recent import Recent, recent_of

THEME_COOKIE = "thakur_theme"
# There only while single keys are off.
KEYS_COOKIE = "thakur_no_keys"

Theme = Literal["auto", "light", "dark"]


class Place(msgspec.Struct, frozen=True):
    """Somewhere to go from the sidebar."""

    name: str
    url: str
    icon: str


PLACES = (
    Place("Projects", "/projects", "grid"),
    Place("Edges", "/edges", "edge"),
    Place("Account", "/account", "user"),
    Place("Team", "/team", "user"),
)
# What only those see who may do something there.
FOR_SOME = (
    (Action.MANAGE_GITHUB, Place("GitHub", "/installations", "hub")),
    (Action.READ_AUDIT, Place("Audit", "/audit", "clock")),
)


class Shell(msgspec.Struct, frozen=True, kw_only=True):
    """Where the reader is, where they can go, who they are."""

    here: str
    places: tuple[Place, ...]
    recent: tuple[Recent, ...]
    actor: str
    has_keys: bool
    may_create: bool
    may_connect: bool
    theme: Theme


async def shell_of(request: Request[Any, Any, Any], services: ApiServices, principal: Principal, here: str) -> Shell:
    """The shell for this reader; `here` is the address of the place they are in."""
    return Shell(
        here=here,
        places=places_of(principal),
        recent=await recent_of(services, principal),
        may_create=principal.may(Action.CREATE_PROJECT, principal.team_id),
        may_connect=principal.may(Action.MANAGE_GITHUB, principal.team_id),
        has_keys=KEYS_COOKIE not in request.cookies,
        actor=principal.actor,
        theme=theme_of(request),
    )


def places_of(principal: Principal) -> tuple[Place, ...]:
    """Where the reader may go."""
    return (*PLACES, *(place for action, place in FOR_SOME if principal.may(action, principal.team_id)))


def theme_of(request: Request[Any, Any, Any]) -> Theme:
    """What the reader chose; the system's own until then."""
    chosen = request.cookies.get(THEME_COOKIE)
    return chosen if chosen in ("light", "dark") else "auto"  # type: ignore[return-value]
