"""Pages: the dashboard, made on the server; every page works as it is, and htmx keeps what is on it up to date.

A *page* is a template over what the services say; a *fragment* is one of its parts, at the same address, by the same
partial. A *shell* is what surrounds every page: places, recent projects, who is signed in, the theme.

Here is one file for each page, named as its address is: `/projects/shop/env` is `env`. What they are made of is in `parts`,
their templates are in `thakur/templates`, in a folder of the same name; `acts` answers the forms of the deployments' pages.
"""

from thakur.api.pages import (
    account,
    account_github,
    acts,
    audit,
    deployments,
    device,
    domains,
    edges,
    env,
    following,
    github,
    jump,
    keys,
    login,
    login_github,
    logs,
    overview,
    previews,
    project_from_git,
    project_from_github,
    project_new,
    projects,
    settings,
    team,
    theme,
)
from thakur.api.pages.parts import assets

HANDLERS = [
    *assets.HANDLERS,
    *theme.HANDLERS,
    *keys.HANDLERS,
    *login.HANDLERS,
    *login_github.HANDLERS,
    *device.HANDLERS,
    *projects.HANDLERS,
    *project_new.HANDLERS,
    *project_from_git.HANDLERS,
    *project_from_github.HANDLERS,
    *overview.HANDLERS,
    *deployments.HANDLERS,
    *acts.HANDLERS,
    *logs.HANDLERS,
    *env.HANDLERS,
    *domains.HANDLERS,
    *previews.HANDLERS,
    *settings.HANDLERS,
    *following.HANDLERS,
    *edges.HANDLERS,
    *account.HANDLERS,
    *account_github.HANDLERS,
    *team.HANDLERS,
    *audit.HANDLERS,
    *github.HANDLERS,
    *jump.HANDLERS,
]

__all__ = ["HANDLERS"]
