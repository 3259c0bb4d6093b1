"""Resources: what can be asked and changed over HTTP, one file of handlers for each noun.

A *struct asked* is what a request says, a *struct shown* is what an answer says; tables' own keys are in neither.
"""

from thakur.api.resources import (
    allowances,
    builds,
    caches,
    deliveries,
    deployments,
    devices,
    document,
    domains,
    edges,
    env,
    github,
    github_repositories,
    health,
    host,
    login_links,
    logs,
    me,
    plans,
    previews,
    projects,
    replicas,
    repositories,
    teams,
    tokens,
)

# What every listener serves.
EVERYWHERE = [
    *health.HANDLERS,
    *document.HANDLERS,
    *projects.HANDLERS,
    *env.HANDLERS,
    *repositories.HANDLERS,
    *plans.HANDLERS,
    *github.HANDLERS,
    *github_repositories.HANDLERS,
    *deliveries.HANDLERS,
    *previews.HANDLERS,
    *builds.HANDLERS,
    *caches.HANDLERS,
    *deployments.HANDLERS,
    *replicas.HANDLERS,
    *domains.HANDLERS,
    *logs.HANDLERS,
    *edges.HANDLERS,
    *tokens.HANDLERS,
    *teams.HANDLERS,
    *allowances.HANDLERS,
    *me.HANDLERS,
    *devices.HANDLERS,
]
# What only the operator's socket serves besides.
OPERATOR = [*host.HANDLERS, *login_links.HANDLERS]

__all__ = ["EVERYWHERE", "OPERATOR"]
