"""Doubles of the services behind the API: in memory, told what to hold."""

import asyncio
from collections.abc import AsyncIterator, Callable, Collection, Coroutine, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from fnmatch import fnmatchcase
from typing import Any

import msgspec

from support.env_vars import FakeEnvVars
from support.fake_accounts import (
    FakeAccounts,
    FakeDevices,
    FakeIdempotencyKeys,
    FakeLinks,
    FakeSessions,
    FakeTeams,
    FakeTokens,
)
from support.fake_github import FakeDeliveries, FakeGitHubApps, FakeRegistrations, FakeUpkeep
from support.fake_identities import FakeAllowances, FakeBrowser, FakeIdentities, FakeLender, FakeSignIns
from thakur.accounts import Action, Principal
from thakur.api import ApiServices
from thakur.builds import (
    Artifact,
    ArtifactNeeds,
    ArtifactNotFound,
    Build,
    BuildEnded,
    BuildNotFound,
    BuildsSought,
    BuildStatus,
    GitSource,
    Plan,
    Planned,
    Source,
    Upload,
)
from thakur.errors import ThakurError
from thakur.git import GitRules, check_ref, check_url, folder_of
from thakur.installations import (
    Connection,
    Filters,
    Held,
    NotFollowing,
    NothingHeld,
    NotWaiting,
    PreviewRules,
    RepositoryUnknown,
    Track,
)
from thakur.installations import Found as FoundRepository
from thakur.installations.filters import changed_filters
from thakur.installations.rules import changed_rules
from thakur.logs import Cleared, Entry, Extent, Found, Level, Line, Search
from thakur.projects import (
    Environment,
    Overrides,
    Place,
    Project,
    ProjectNameInvalid,
    ProjectNameTaken,
    ProjectNotFound,
    ProjectStatus,
    Repository,
)
from thakur.projects.overrides import changed
from thakur.projects.pasting import LocalPastes
from thakur.runtime import Deployment, DeploymentNotFound, DeploymentsSought, DeploymentStatus, EdgeSeen, ReplicasSeen
from thakur.security import KeyRing, Sealer
from thakur.webhooks import Preview, PreviewNotFound, PreviewRefused, PreviewsShown

AT = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


PLACES = 1000


class FakeProjects:
    def __init__(self) -> None:
        self.rows: list[Project] = []
        self.labels = {1: "production"}

    async def create(self, principal: Principal, name: str) -> Project:
        if name.startswith("-") or not name:
            raise ProjectNameInvalid(f"{name} is no name for a project", hint="Try: shop", field="name")
        if any(row.name == name for row in self.rows):
            raise ProjectNameTaken(f"The name {name} is taken", field="name")
        project = Project(
            id=len(self.rows) + 1, team_id=principal.team_id, name=name, status=ProjectStatus.ACTIVE, created_at=AT
        )
        self.rows.append(project)
        return project

    async def get(self, principal: Principal, name: str) -> Project:
        for row in self.rows:
            if row.name == name and row.team_id in principal.team_ids:
                return row
        raise ProjectNotFound(f"There is no project {name}", hint="See them with: thakur projects")

    async def list(self, principal: Principal, limit: int | None = None) -> list[Project]:
        return [row for row in reversed(self.rows) if row.team_id in principal.team_ids][:limit]

    async def delete(self, principal: Principal, name: str) -> None:
        self.rows.remove(await self.get(principal, name))

    async def settings(self, project_id: int) -> Overrides:
        return self._of(project_id).settings

    async def change_settings(self, principal: Principal, project_id: int, changes: Mapping[str, Any]) -> Overrides:
        found = self._of(project_id)
        settings = changed(found.settings, changes)
        self.rows[self.rows.index(found)] = msgspec.structs.replace(found, settings=settings)
        return settings

    async def environments(self, project_id: int) -> Sequence[Environment]:
        return [Environment(id=number, project_id=project_id, label=label) for number, label in self.labels.items()]

    async def places(self, environment_ids: Sequence[int]) -> dict[int, Place]:
        return {
            number: Place(environment_id=number, project_id=1, project="shop", label=self.labels[number])
            for number in environment_ids
            if number in self.labels
        }

    def _of(self, project_id: int) -> Project:
        (found,) = [row for row in self.rows if row.id == project_id]
        return found

    async def authorize(self, principal: Principal, project_id: int, action: Action) -> None:
        (project,) = [row for row in self.rows if row.id == project_id]
        principal.require(action, project.team_id)


class FakeEnvironments:
    """Rows of the doubles name an environment by a number of its project's own; here it is one for all of them."""

    def __init__(self, projects: FakeProjects) -> None:
        self._projects = projects

    async def every(self, project_ids: Collection[int]) -> list[Environment]:
        return [
            Environment(id=project_id * PLACES + number, project_id=project_id, label=label)
            for project_id in project_ids
            for number, label in self._projects.labels.items()
        ]

    async def productions(self, project_ids: Collection[int]) -> dict[int, int]:
        return {each.project_id: each.id for each in await self.every(project_ids) if each.label == "production"}

    async def previews(self, project_ids: Collection[int] | None = None) -> list[Environment]:
        ids = [row.id for row in self._projects.rows] if project_ids is None else project_ids
        return [each for each in await self.every(ids) if each.label != "production"]

    async def remove(self, project_id: int, label: str) -> None:
        raise NotImplementedError


class FakeRepositories:
    """Keeps what it is told, tokens by project."""

    def __init__(self) -> None:
        self.rows: dict[int, Repository] = {}
        self.tokens: dict[int, str] = {}

    async def of(self, project_ids: Collection[int]) -> dict[int, Repository]:
        return {project_id: self.rows[project_id] for project_id in project_ids if project_id in self.rows}

    def check(self, url: str, branch: str, token: str | None) -> None:
        if url:
            check_url(url, GitRules())
        check_ref(branch)

    async def set(
        self, principal: Principal, project_id: int, url: str, branch: str | None = None, token: str | None = None
    ) -> Repository:
        url = check_url(url, GitRules())
        if token:
            self.tokens[project_id] = token
        before = self.rows.get(project_id)
        kept = before.branch if before and before.url == url else ""
        self.rows[project_id] = Repository(
            url=url, branch=kept if branch is None else branch, has_token=project_id in self.tokens
        )
        return self.rows[project_id]

    async def forget(self, principal: Principal, project_id: int) -> None:
        self.rows.pop(project_id, None)

    async def token(self, project_id: int, url: str) -> str:
        return self.tokens.get(project_id, "")


class FakeConnections:
    """Knows ada/shop, on github.com."""

    def __init__(self) -> None:
        self.rows: dict[int, Connection] = {}

    async def find(self, principal: Principal, full_name: str) -> FoundRepository:
        if full_name != "ada/shop":
            raise RepositoryUnknown(f"No GitHub App of your team opens {full_name}", field="github")
        url = f"https://github.com/{full_name}"
        return FoundRepository(
            app=1, installation_id=2, repository_id=3, full_name=full_name, url=url, default_branch="main"
        )

    async def connect(
        self, principal: Principal, project_id: int, found: FoundRepository, *, follows_default: bool = False
    ) -> None:
        fields = {
            name: getattr(found, name) for name in ("app", "installation_id", "repository_id", "full_name", "url")
        }
        self.rows[project_id] = Connection(project_id=project_id, team_id=principal.team_id, **fields)

    async def of(self, project_ids: Collection[int]) -> dict[int, Connection]:
        return {project_id: self.rows[project_id] for project_id in project_ids if project_id in self.rows}

    async def change_filters(self, principal: Principal, project_id: int, changes: Mapping[str, Any]) -> Filters:
        if project_id not in self.rows:
            raise NotFollowing("This project follows no repository on GitHub")
        filters = changed_filters(self.rows[project_id].filters, changes)
        self.rows[project_id] = msgspec.structs.replace(self.rows[project_id], filters=filters)
        return filters


class FakeTracks:
    """Production's, of those connections."""

    def __init__(self, connections: FakeConnections) -> None:
        self.connections = connections

    async def of(self, project_ids: Collection[int]) -> list[Track]:
        found = (await self.connections.of(project_ids)).values()
        return [Track(id=each.project_id, connection=each, held=each.held, trouble=each.trouble) for each in found]

    async def build_held(self, project_id: int, label: str, pushed_by: str) -> Held:
        rows = self.connections.rows
        held = rows[project_id].held if project_id in rows and label == "production" else None
        if held is None:
            raise NothingHeld("No commit is held back there")
        rows[project_id] = msgspec.structs.replace(rows[project_id], held=None)
        return held


class FakeLogs:
    def __init__(self, ping_seconds: float = 15.0) -> None:
        self.lines: dict[int, list[Line]] = {}
        self.ended: set[int] = set()
        self.cleared: dict[int, int] = {}
        self._numbers: dict[int, int] = {}
        self.tails = 0
        self.ping_seconds = ping_seconds
        self._changed = asyncio.Condition()

    async def append(self, stream_id: int, entries: Sequence[Entry]) -> int:
        lines = self.lines.setdefault(stream_id, [])
        for entry in entries:
            number = self._numbers[stream_id] = self._numbers.get(stream_id, 0) + 1
            lines.append(Line(number=number, at=AT, level=entry.level, text=entry.text))
        async with self._changed:
            self._changed.notify_all()
        return self._numbers.get(stream_id, 0)

    async def end(self, stream_id: int) -> None:
        self.ended.add(stream_id)
        async with self._changed:
            self._changed.notify_all()

    async def clear(self, stream_id: int) -> int:
        lines = self.lines.get(stream_id, [])
        self.cleared[stream_id] = number = self._numbers.get(stream_id, 0)
        lines.clear()
        async with self._changed:
            self._changed.notify_all()
        return number

    async def page(self, stream_id: int, after: int, limit: int) -> list[Line]:
        return [line for line in self.lines.get(stream_id, []) if line.number > after][:limit]

    async def last(self, stream_id: int, limit: int) -> list[Line]:
        return self.lines.get(stream_id, [])[-limit:]

    async def extent(self, stream_id: int) -> Extent:
        lines = self.lines.get(stream_id, [])
        last = self._numbers.get(stream_id, 0)
        return Extent(first=lines[0].number if lines else last + 1, last=last, has_ended=stream_id in self.ended)

    async def search(self, stream_id: int, search: Search, after: int, limit: int) -> Found:
        words = search.words.lower()
        found = [
            line for line in self.lines.get(stream_id, []) if line.level in search.levels and words in line.text.lower()
        ]
        return Found(lines=tuple(line for line in found if line.number > after)[:limit], matches=len(found))

    async def tail(self, stream_id: int, after: int) -> AsyncIterator[tuple[Line, ...] | Cleared]:
        self.tails += 1
        told = 0
        try:
            while True:
                if 0 < after <= self.cleared.get(stream_id, 0) != told:
                    told = self.cleared[stream_id]
                    yield Cleared(told)
                lines = tuple(line for line in self.lines.get(stream_id, []) if line.number > after)
                if lines:
                    after = lines[-1].number
                    yield lines
                elif stream_id in self.ended:
                    return
                elif not await self._wait():
                    yield ()
        finally:
            self.tails -= 1

    async def _wait(self) -> bool:
        try:
            async with asyncio.timeout(self.ping_seconds), self._changed:
                await self._changed.wait()
        except TimeoutError:
            return False
        return True


class FakeBuilds:
    """`pipeline` is started for every build that is asked for, as a worker would."""

    def __init__(self, logs: FakeLogs, repositories: FakeRepositories | None = None) -> None:
        self.repositories = repositories
        self.rows: dict[tuple[int, int], Build] = {}
        self.uploads: dict[int, bytes] = {}
        self.kept_bytes = 0
        self.logs = logs
        self.pipeline: Callable[[Build], Coroutine[Any, Any, None]] | None = None
        self._running: set[asyncio.Task[None]] = set()

    async def request(self, principal: Principal, project_id: int, upload: Upload, body: AsyncIterator[bytes]) -> Build:
        received = b"".join([chunk async for chunk in body])
        source = Source(
            digest="0" * 64,
            size_bytes=len(received),
            folder=upload.folder,
            commit=upload.commit,
            message=upload.message,
            is_fresh=upload.is_fresh,
        )
        build = self._ask(project_id, source)
        self.uploads[build.number] = received
        return build

    async def request_git(self, principal: Principal, project_id: int, asked: GitSource) -> Build:
        own = self.repositories.rows.get(project_id) if self.repositories else None
        url = check_url(asked.url or (own.url if own else ""), GitRules())
        return self._ask(
            project_id,
            Source(
                kind="git",
                url=url,
                ref=check_ref(asked.ref or (own.branch if own else "")),
                folder=folder_of(url),
                is_fresh=asked.is_fresh,
            ),
        )

    def _ask(self, project_id: int, source: Source) -> Build:
        number = 1 + max((number for project, number in self.rows if project == project_id), default=0)
        build = make_build(project_id, number, source=source)
        self.rows[project_id, number] = build
        if self.pipeline:
            task = asyncio.get_running_loop().create_task(self.pipeline(build))
            self._running.add(task)
            task.add_done_callback(self._running.discard)
        return build

    async def cancel(self, principal: Principal, project_id: int, number: int) -> Build:
        build = await self.get(principal, project_id, number)
        if build.status.has_ended:
            raise BuildEnded(number, build.status)
        return self.change(build, status=BuildStatus.CANCELED, ended_by=principal.actor)

    def change(self, build: Build, **fields: Any) -> Build:
        changed = msgspec.structs.replace(self.rows[build.project_id, build.number], **fields)
        self.rows[build.project_id, build.number] = changed
        return changed

    async def get(self, principal: Principal, project_id: int, number: int) -> Build:
        if (project_id, number) not in self.rows:
            raise BuildNotFound(f"There is no build {number}", hint="See them with: thakur builds")
        return self.rows[project_id, number]

    async def list(
        self,
        principal: Principal,
        project_id: int,
        limit: int = 50,
        before: int | None = None,
        sought: BuildsSought | None = None,
    ) -> list[Build]:
        rows = {key: row for key, row in self.rows.items() if _fits(row, row.source.ref, sought)}
        if sought is not None and sought.numbers is not None:
            rows = {key: row for key, row in rows.items() if row.number in sought.numbers}
        return _newest(rows, project_id, limit, before)

    async def newest(self, principal: Principal, environment_ids: Collection[int]) -> dict[int, Build]:
        return _newest_in(self.rows, environment_ids)

    async def artifact(self, project_id: int, artifact_id: int) -> Artifact:
        raise ArtifactNotFound("There is no such artifact")

    async def artifact_bytes(self, project_ids: Collection[int]) -> dict[int, int]:
        return {project_id: self.kept_bytes for project_id in project_ids if self.kept_bytes}

    async def keep_artifacts(self, needs: ArtifactNeeds) -> int:
        return 0


class FakePlans:
    """Every repository holds a Hono application, unless `refusal` is set."""

    def __init__(self) -> None:
        self.refusal: ThakurError | None = None
        self.tokens: list[str] = []

    async def look(self, principal: Principal, asked: GitSource, token: str, settings: Overrides) -> Planned:
        principal.require(Action.CREATE_PROJECT, principal.team_id)
        url = check_url(asked.url, GitRules())
        self.tokens.append(token)
        if self.refusal is not None:
            raise self.refusal
        source = Source(
            kind="git", url=url, ref=asked.ref, folder=folder_of(url), commit="c" * 40, message="Sell", author="Ada"
        )
        return Planned(source=source, plan=Plan(framework="Hono", kind="server", start=("bun", "src/index.ts")))


class FakeCaches:
    def __init__(self) -> None:
        self.kept_bytes: dict[int, int] = {}

    async def size_bytes(self, project_ids: Collection[int]) -> dict[int, int]:
        return {project_id: self.kept_bytes.get(project_id, 0) for project_id in project_ids}

    async def clear(self, principal: Principal, project_id: int) -> int:
        return self.kept_bytes.pop(project_id, 0)


class FakeRuntime:
    def __init__(self) -> None:
        self.rows: dict[tuple[int, int], Deployment] = {}

    async def get(self, principal: Principal, project_id: int, number: int) -> Deployment:
        if (project_id, number) not in self.rows:
            raise DeploymentNotFound(f"There is no deployment {number}", hint="See them with: thakur deployments")
        return self.rows[project_id, number]

    async def list(
        self,
        principal: Principal,
        project_id: int,
        limit: int = 50,
        before: int | None = None,
        sought: DeploymentsSought | None = None,
    ) -> list[Deployment]:
        rows = {key: row for key, row in self.rows.items() if _fits(row, row.branch, sought)}
        return _newest(rows, project_id, limit, before)

    async def active(self, principal: Principal, project_ids: Sequence[int]) -> dict[int, Deployment]:
        return {row.project_id: row for row in self.rows.values() if row.status is DeploymentStatus.ACTIVE}

    async def live(self, principal: Principal, environment_ids: Collection[int]) -> dict[int, Deployment]:
        active = {key: row for key, row in self.rows.items() if row.status is DeploymentStatus.ACTIVE}
        return _newest_in(active, environment_ids)

    async def newest(self, principal: Principal, environment_ids: Collection[int]) -> dict[int, Deployment]:
        return _newest_in(self.rows, environment_ids)

    async def runtime_stream(self, principal: Principal, project_id: int, environment: str) -> int:
        return 1000 + project_id


class FakeRollouts:
    """Every act takes a deployment to where it leads at once, unless `refusal` is set; `ending` changes where that is."""

    def __init__(self, runtime: FakeRuntime, logs: FakeLogs) -> None:
        self._runtime = runtime
        self._logs = logs
        self.refusal: ThakurError | None = None
        self.ending: dict[str, Any] = {}
        self.asked: list[tuple[str, int]] = []

    async def rollback(self, principal: Principal, project_id: int, number: int) -> Deployment:
        found = await self._runtime.get(principal, project_id, number)
        return await self._act("rollback", found, {"status": DeploymentStatus.STARTING}, DeploymentStatus.ACTIVE)

    async def redeploy(self, principal: Principal, project_id: int, number: int, environment: str) -> Deployment:
        origin = await self._runtime.get(principal, project_id, number)
        new = 1 + max(number for project, number in self._runtime.rows if project == project_id)
        found = make_deployment(project_id, new, artifact_id=origin.artifact_id, status=DeploymentStatus.QUEUED)
        return await self._act(f"redeploy to {environment}", found, {}, DeploymentStatus.ACTIVE)

    async def restart(self, principal: Principal, project_id: int, number: int) -> Deployment:
        found = await self._runtime.get(principal, project_id, number)
        return await self._act("restart", found, {"is_restarting": True}, found.status)

    async def cancel(self, principal: Principal, project_id: int, number: int) -> Deployment:
        found = await self._runtime.get(principal, project_id, number)
        return await self._act("cancel", found, {"status": DeploymentStatus.CANCELED}, DeploymentStatus.CANCELED)

    async def _act(self, verb: str, found: Deployment, now: dict[str, Any], status: DeploymentStatus) -> Deployment:
        self.asked.append((verb, found.number))
        if self.refusal:
            raise self.refusal
        ended = msgspec.structs.replace(found, **({"status": status} | self.ending))
        self._runtime.rows[found.project_id, found.number] = ended
        await self._logs.append(found.log_stream_id, [Entry(f"{verb} of #{found.number}", Level.DEPLOY)])
        await self._logs.end(found.log_stream_id)
        return msgspec.structs.replace(found, **now)


class FakeEdges:
    def __init__(self) -> None:
        self.rows: list[EdgeSeen] = []
        self.seen: list[ReplicasSeen] = []

    async def replicas(self, deployment_id: int) -> list[ReplicasSeen]:
        return [*self.seen]

    async def list(self, principal: Principal) -> list[EdgeSeen]:
        return list(self.rows)


class FakePreviews:
    """Keeps what a test puts there, and what was asked; with `rules` None the projects follow nothing."""

    def __init__(self, projects: FakeProjects) -> None:
        self._projects = projects
        self.rows: list[Preview] = []
        self.rules: PreviewRules | None = PreviewRules()
        self.trouble = ""
        self.asked: list[tuple[Any, ...]] = []

    async def of(self, project_ids: Collection[int]) -> list[Preview]:
        return [row for row in self.rows if row.project_id in project_ids]

    async def show(self, principal: Principal, project_id: int) -> PreviewsShown:
        await self._projects.authorize(principal, project_id, Action.READ)
        return PreviewsShown(rules=self._rules(), previews=tuple(await self.of([project_id])), trouble=self.trouble)

    async def begin(self, principal: Principal, project_id: int, branch: str) -> None:
        await self._projects.authorize(principal, project_id, Action.DEPLOY)
        if branch == "main":
            raise PreviewRefused("main has no preview by the rules of this project", hint="It is production's.")
        self.asked.append(("begin", branch))

    async def approve(self, principal: Principal, project_id: int, label: str, commit: str, *, every: bool) -> None:
        await self._projects.authorize(principal, project_id, Action.DEPLOY)
        if commit not in [row.waits_for for row in self.rows if row.label == label]:
            raise NotWaiting(f"{commit[:7]} does not wait for approval", hint="Look again.", field="commit")
        self.asked.append(("approve", label, commit, every))

    async def remove(self, principal: Principal, project_id: int, label: str) -> None:
        await self._projects.authorize(principal, project_id, Action.DEPLOY)
        if label not in [row.label for row in self.rows]:
            raise PreviewNotFound(f"There is no preview {label}")
        self.asked.append(("remove", label))

    async def change_rules(self, principal: Principal, project_id: int, changes: Mapping[str, Any]) -> PreviewRules:
        await self._projects.authorize(principal, project_id, Action.CONFIGURE)
        self.rules = changed_rules(self._rules(), changes)
        return self.rules

    def _rules(self) -> PreviewRules:
        if self.rules is None:
            raise NotFollowing("This project follows no repository on GitHub")
        return self.rules


@dataclass
class Doubles:
    """Every double of one server, and what the API is given of them."""

    accounts: FakeAccounts = field(default_factory=FakeAccounts)
    links: FakeLinks = field(default_factory=FakeLinks)
    sessions: FakeSessions = field(default_factory=FakeSessions)
    tokens: FakeTokens = field(default_factory=FakeTokens)
    teams: FakeTeams = field(default_factory=FakeTeams)
    idempotency_keys: FakeIdempotencyKeys = field(default_factory=FakeIdempotencyKeys)
    devices: FakeDevices = field(init=False)
    projects: FakeProjects = field(default_factory=FakeProjects)
    env_vars: FakeEnvVars = field(default_factory=FakeEnvVars)
    pastes: LocalPastes = field(default_factory=lambda: LocalPastes(Sealer(KeyRing({1: b"k" * 32}), "pasted")))
    repositories: FakeRepositories = field(default_factory=FakeRepositories)
    github_apps: FakeGitHubApps = field(default_factory=FakeGitHubApps)
    connections: FakeConnections = field(default_factory=FakeConnections)
    identities: FakeIdentities = field(default_factory=FakeIdentities)
    browser: FakeBrowser = field(init=False)
    lender: FakeLender = field(default_factory=FakeLender)
    registrations: FakeRegistrations = field(default_factory=FakeRegistrations)
    upkeep: FakeUpkeep = field(init=False)
    deliveries: FakeDeliveries = field(default_factory=FakeDeliveries)
    previews: FakePreviews = field(init=False)
    sign_ins: FakeSignIns = field(default_factory=FakeSignIns)
    allowances: FakeAllowances = field(default_factory=FakeAllowances)
    logs: FakeLogs = field(default_factory=FakeLogs)
    runtime: FakeRuntime = field(default_factory=FakeRuntime)
    caches: FakeCaches = field(default_factory=FakeCaches)
    edges: FakeEdges = field(default_factory=FakeEdges)
    builds: FakeBuilds = field(init=False)
    plans: FakePlans = field(default_factory=FakePlans)
    rollouts: FakeRollouts = field(init=False)
    missing: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.devices = FakeDevices(self.tokens)
        self.browser = FakeBrowser(self.connections)
        self.upkeep = FakeUpkeep(self.github_apps)
        self.previews = FakePreviews(self.projects)
        self.builds = FakeBuilds(self.logs, self.repositories)
        self.rollouts = FakeRollouts(self.runtime, self.logs)

    def services(self) -> ApiServices:
        async def ready() -> list[str]:
            return self.missing

        return ApiServices(
            accounts=self.accounts,
            links=self.links,
            sessions=self.sessions,
            tokens=self.tokens,
            devices=self.devices,
            teams=self.teams,
            idempotency_keys=self.idempotency_keys,
            projects=self.projects,
            environments=FakeEnvironments(self.projects),
            env_vars=self.env_vars,
            pastes=self.pastes,
            repositories=self.repositories,
            github_apps=self.github_apps,
            connections=self.connections,
            identities=self.identities,
            browser=self.browser,
            lender=self.lender,
            sign_ins=self.sign_ins,
            allowances=self.allowances,
            tracks=FakeTracks(self.connections),
            registrations=self.registrations,
            upkeep=self.upkeep,
            deliveries=self.deliveries,
            previews=self.previews,
            builds=self.builds,
            plans=self.plans,
            caches=self.caches,
            runtime=self.runtime,
            rollouts=self.rollouts,
            edges=self.edges,
            logs=self.logs,
            ready=ready,
            project_url=lambda name: f"http://{name}.localhost:8080",
            dashboard_url=lambda path: f"http://127.0.0.1:8000{path}",
        )


def make_build(project_id: int = 1, number: int = 1, **fields: Any) -> Build:
    fields.setdefault("source", Source(digest="0" * 64, size_bytes=10, folder="shop"))
    fields.setdefault("status", BuildStatus.QUEUED)
    fields.setdefault("environment_id", 1)
    return Build(
        id=number,
        project_id=project_id,
        number=number,
        attempt=1,
        requested_by="operator",
        log_stream_id=project_id * 100 + number,
        created_at=AT,
        **fields,
    )


def make_deployment(project_id: int = 1, number: int = 1, **fields: Any) -> Deployment:
    fields.setdefault("status", DeploymentStatus.ACTIVE)
    fields.setdefault("artifact_id", 1)
    fields.setdefault("environment_id", 1)
    fields.setdefault("environment", "production")
    fields.setdefault("created_at", AT)
    return Deployment(
        id=number,
        project_id=project_id,
        number=number,
        build_id=number,
        log_stream_id=project_id * 100 + number,
        url="http://shop.localhost:8080",
        requested_by="operator",
        **fields,
    )


def entries(*texts: str, level: Level = Level.INFO) -> list[Entry]:
    return [Entry(text, level) for text in texts]


def _fits(row: Build | Deployment, branch: str, sought: BuildsSought | DeploymentsSought | None) -> bool:
    if sought is None:
        return True
    is_there = sought.environment_ids is None or row.environment_id in sought.environment_ids
    is_of_it = not sought.branch or fnmatchcase(branch, sought.branch)
    return is_there and is_of_it and (sought.status is None or row.status == sought.status)


def _newest_in(rows: dict[tuple[int, int], Any], environment_ids: Collection[int]) -> dict[int, Any]:
    found = {}
    for place in environment_ids:
        project_id, number = divmod(place, PLACES)
        its = {key: row for key, row in rows.items() if row.environment_id == number}
        found[place] = _newest(its, project_id, 1, None)
    return {place: rows[0] for place, rows in found.items() if rows}


def _newest(rows: dict[tuple[int, int], Any], project_id: int, limit: int, before: int | None) -> list[Any]:
    found = [
        row for (project, number), row in rows.items() if project == project_id and (not before or number < before)
    ]
    return sorted(found, key=lambda row: -row.number)[:limit]
