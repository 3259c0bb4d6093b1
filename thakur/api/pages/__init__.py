"""Pages: the dashboard, made on the server; every page works as it is, and htmx keeps what is on it up to date.

A *page* is a template over what the services say; a *fragment* is one of its parts, at the same address, by the same
partial. A *shell* is what surrounds every page: places, recent projects, who is signed in, the theme.
"""

from thakur.api.pages import (
    acts,
    assets,
    deployments,
    device,
    domains,
    edges,
    env,
    jump,
    login,
    logs,
    overview,
    projects,
    theme,
)

HANDLERS = [
    *assets.HANDLERS,
    *theme.HANDLERS,
    *login.HANDLERS,
    *device.HANDLERS,
    *projects.HANDLERS,
    *overview.HANDLERS,
    *deployments.HANDLERS,
    *acts.HANDLERS,
    *logs.HANDLERS,
    *env.HANDLERS,
    *domains.HANDLERS,
    *edges.HANDLERS,
    *jump.HANDLERS,
]

__all__ = ["HANDLERS"]
