"""The stand-in itself: one address on loopback for its pages' URLs, its API and its repositories."""

import secrets
import socket
from pathlib import Path
from typing import Any, Self

from aiohttp import web

from thakur.fakegithub.acts.checks import Checks
from thakur.fakegithub.acts.comments import Comments
from thakur.fakegithub.acts.owning import Owning
from thakur.fakegithub.acts.pulls import Pulls
from thakur.fakegithub.acts.pushes import Pushes
from thakur.fakegithub.acts.repositories import Repositories
from thakur.fakegithub.apps.installing import Installing
from thakur.fakegithub.apps.registering import Registering
from thakur.fakegithub.door.control import Control
from thakur.fakegithub.door.faults import Fault, Faults
from thakur.fakegithub.door.gate import Gate
from thakur.fakegithub.git.serving import GitRoutes
from thakur.fakegithub.hooks import Hooks
from thakur.fakegithub.oauth.applications import ApplicationRoutes
from thakur.fakegithub.pages.origins import own_pages_alone
from thakur.fakegithub.pages.site import Pages
from thakur.fakegithub.people.accounts import FakeAccount, FakeUser
from thakur.fakegithub.people.shown import account_shown
from thakur.fakegithub.rest.apps import AppRoutes
from thakur.fakegithub.rest.checks import CheckRoutes
from thakur.fakegithub.rest.comments import CommentRoutes
from thakur.fakegithub.rest.commits import CommitRoutes
from thakur.fakegithub.rest.contents import ContentRoutes
from thakur.fakegithub.rest.deployments import DeploymentRoutes
from thakur.fakegithub.rest.hook import HookRoutes
from thakur.fakegithub.rest.manifests import ManifestRoutes
from thakur.fakegithub.rest.meta import MetaRoutes
from thakur.fakegithub.rest.organizations import OrganizationRoutes
from thakur.fakegithub.rest.people import PeopleRoutes
from thakur.fakegithub.rest.pulls import PullRoutes
from thakur.fakegithub.rest.refs import RefRoutes
from thakur.fakegithub.rest.repositories import RepositoryRoutes
from thakur.fakegithub.rest.statuses import StatusRoutes
from thakur.fakegithub.rest.tokens import TokenRoutes
from thakur.fakegithub.rest.users import UserRoutes
from thakur.fakegithub.state import FakeApp, FakeCheckRun, FakeInstallation, FakeRepository, State

# GitHub takes this of one push.
BODY_BYTES = 2 * 1024**3
# Whoever still waits for an answer then is cut off.
STOP_SECONDS = 1.0
# The App that checks commits, when no other is named.
CHECKS = "checks"


class FakeGitHub:
    """Serves for the length of its block, in the loop that enters it; what it keeps of repositories is below `directory`.

    With a control token, whoever has it may also have things happen over HTTP.
    """

    def __init__(self, directory: Path, control_token: str = "") -> None:
        self._control_token = control_token
        self.state = State()
        self.hooks = Hooks(self.state)
        self.faults = Faults()
        self.gate = Gate(self.state, self.faults)
        self.owner_password = secrets.token_hex(16)
        self._socket = socket.socket()
        self._socket.bind(("127.0.0.1", 0))
        self._runner: web.AppRunner | None = None
        self.repositories = Repositories(self.state, directory)
        self.checks = Checks(self.state, self.hooks, self.url)
        self.pushes = Pushes(self.hooks, self.url)
        self.pulls = Pulls(self.state, self.hooks, self.pushes, self.url)
        self.pushes.followers += [self.checks.pushed, self.pulls.pushed]
        self.comments = Comments(self.state, self.hooks, self.url)
        self.installing = Installing(self.state, self.hooks, self.url)
        self.owning = Owning(self.state, self.hooks, self.installing, self.url)
        self.registering = Registering(self.state, self.hooks, self.installing, self.url)
        self.pages = Pages(self)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._socket.getsockname()[1]}"

    async def __aenter__(self) -> Self:
        api = web.Application(middlewares=[self.gate.pass_through])
        for each in (
            AppRoutes(self.state, self.installing, self.url),
            HookRoutes(self.state, self.hooks),
            TokenRoutes(self.state, self.url),
            RepositoryRoutes(self.state, self.owning, self.url),
            CheckRoutes(self.state, self.checks, self.url),
            StatusRoutes(self.state, self.checks, self.url),
            PullRoutes(self.state, self.url),
            CommentRoutes(self.state, self.comments, self.url),
            CommitRoutes(self.state, self.url),
            ContentRoutes(self.state, self.url),
            DeploymentRoutes(self.state, self.url),
            RefRoutes(self.state, self.url),
            MetaRoutes(self.gate),
            UserRoutes(self.state, self.url),
            ManifestRoutes(self.registering, self.url),
            OrganizationRoutes(self.state, self.url),
            PeopleRoutes(self.state, self.url),
            ApplicationRoutes(self.state, self.url),
        ):
            api.add_routes(each.routes())
        site = web.Application(client_max_size=BODY_BYTES, middlewares=[self.pages.refusals, own_pages_alone])
        site.add_subapp("/api/v3", api)
        if self._control_token:
            site.add_routes(Control(self, self._control_token).routes())
        site.add_routes(self.pages.routes())
        site.add_routes(GitRoutes(self.state, self.pushes, self.owner_password).routes())
        self._runner = web.AppRunner(site, shutdown_timeout=STOP_SECONDS)
        await self._runner.setup()
        await web.SockSite(self._runner, self._socket).start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.hooks.stop()
        if self._runner is not None:
            await self._runner.cleanup()

    def add_app(self, slug: str = "thakur", hook_url: str = "", owner: str = "ada", **more: Any) -> FakeApp:
        """A new App; a ping goes to its webhook's address."""
        return self.registering.add(slug, hook_url, self.state.people.account(owner), **more)

    async def add_repository(self, full_name: str, *, is_private: bool = True) -> FakeRepository:
        """A new, empty one."""
        return self.repositories.add(full_name, is_private=is_private)

    def install(self, app: FakeApp, account: str, *repositories: FakeRepository) -> FakeInstallation:
        """Install it on the account, for these repositories."""
        found = self.state.people.account(account)
        return self.installing.install(app, found, repositories, found)

    def uninstall(self, installation: FakeInstallation) -> None:
        """Let it go; its tokens open nothing any more."""
        self.installing.uninstall(installation, installation.account)

    def suspend(self, installation: FakeInstallation, *, is_suspended: bool) -> None:
        self.installing.suspend(installation, installation.account, is_suspended=is_suspended)

    def rename(self, repository: FakeRepository, full_name: str) -> None:
        """Give it another name; the old one leads to it."""
        self.owning.rename(repository, full_name.rpartition("/")[2])

    def rename_account(self, account: FakeAccount, login: str) -> None:
        """The same account by another login; the addresses of its repositories lead on."""
        self.owning.rename_account(account, login)

    def remove(self, installation: FakeInstallation, repository: FakeRepository) -> None:
        """The installation opens it no more."""
        left = [self.state.repositories[each] for each in installation.repository_ids - {repository.id}]
        self.installing.choose(installation, left, installation.account)

    def check(
        self, repository: FakeRepository, sha: str, name: str = "tests", app: FakeApp | None = None, **told: Any
    ) -> FakeCheckRun:
        """Another App's check of the commit begins, or goes on: `status="completed", conclusion="success"` ends it."""
        suite = self.checks.suite_of(repository, app or self._checking_app(), sha)
        run = suite.latest().get(name)
        if run is None or run.status == "completed":
            return self.checks.begin(repository, suite.app, sha, name, told)
        self.checks.tell(repository, run, told)
        return run

    def say(self, repository: FakeRepository, sha: str, context: str, state: str, **told: str) -> None:
        """Somebody gives the commit a status."""
        self.checks.status(repository, sha, context, state, told)

    def revoke(self, app: FakeApp, user: FakeUser) -> None:
        """The person takes back what they have granted; the App is told."""
        self.state.grants.revoke(app, user)
        told = {"action": "revoked", "sender": account_shown(user, self.url)}
        self.hooks.to_app(app, "github_app_authorization", told)

    def fail(self, match: str, times: int, status: int, message: str = "Server Error", **headers: str) -> None:
        """Answer the next questions whose method and path hold `match` so; `_` in a header's name is a hyphen."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self.faults.add(Fault(match, times, status, named, message))

    def fault(self, match: str, times: int = 1, **what: Any) -> None:
        """Whatever else may become of a question; `what` are the fields of a Fault."""
        self.faults.add(Fault(match, times, **what))

    def fork(self, repository: FakeRepository, login: str) -> FakeRepository:
        """A copy that is somebody else's."""
        return self.repositories.fork(repository, self.state.people.account(login))

    def push_url(self, repository: FakeRepository, login: str = "") -> str:
        """Where the owner, or this user, pushes to."""
        name = f"://{login or repository.owner}:{self.owner_password}@"
        return f"{self.url.replace('://', name)}/{repository.full_name}.git"

    def _checking_app(self) -> FakeApp:
        found = next((each for each in self.state.apps.values() if each.slug == CHECKS), None)
        return found or self.add_app(CHECKS)
