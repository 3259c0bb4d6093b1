"""Examples of projects and what belongs to them: settings, repositories, env vars, names."""

from thakur.api.described.examples.times import BEGAN, EARLIER
from thakur.api.resources.caches import CachesCleared
from thakur.api.resources.domains import DomainShown
from thakur.api.resources.env import DotenvAsked, EnvAsked, EnvChanged, ValueAsked
from thakur.api.resources.projects import Followed, ProjectAsked, ProjectChange, ProjectGoing, ProjectShown
from thakur.api.resources.repositories import RepositoryAsked, RepositoryForgotten
from thakur.installations import Filters, Held
from thakur.projects import EnvVar, LeftOut, Overrides, PastedStatus, PastedVar, Phase, ProjectStatus, Repository, Scope

URL = "http://shop.localhost:8080"
GIT = "https://github.com/you/shop"

HELD = Held(
    commit="5d41402abc4b2a76b9719d911017c592ae3f7c0b",
    message="Say hello",
    author="Ada",
    status="waiting",
    why="1 of its 2 checks is not done: test.",
    since=BEGAN,
    by_checks=True,
)

EXAMPLES = (
    ProjectShown(
        name="shop",
        url=URL,
        status=ProjectStatus.ACTIVE,
        active=97,
        artifact_bytes=4_718_592,
        cache_bytes=91_226_112,
        settings=Overrides(health_path="/up", memory_mb=1024),
        repository=Repository(url=GIT, branch="main"),
        github=Followed(repository="ada/shop", filters=Filters(wait_for_checks=True), held=HELD),
        created_at=EARLIER,
    ),
    ProjectAsked(name="shop", git_url=GIT, branch="main"),
    ProjectChange(settings={"health_path": "/up", "memory_mb": 1024, "start": None}),
    ProjectGoing(name="shop"),
    Repository(url=GIT, branch="main", has_token=True),
    RepositoryAsked(git_url=GIT, branch="main"),
    RepositoryForgotten(name="shop"),
    CachesCleared(name="shop", freed_bytes=91_226_112),
    DomainShown(host="shop.localhost", url=URL, environment="production", deployment=97),
    EnvVar(name="API_KEY", scope=Scope.PRODUCTION, phase=Phase.BOTH, updated_at=BEGAN, updated_by="ada"),
    EnvAsked(values={"API_KEY": "k-2718", "GREETING": "Grüße"}),
    ValueAsked(value="k-2718", phase=Phase.START),
    DotenvAsked(text="API_KEY=k-2718\nPORT=3000\n"),
    PastedVar(name="API_KEY", line=1, status=PastedStatus.NEW),
    EnvChanged(
        names=("API_KEY",),
        scope=Scope.PRODUCTION,
        left_out=(LeftOut(name="PORT", reason="Thakur sets it"),),
        needs_redeploy=True,
    ),
)
