"""The rooms behind webhooks on a real database and the stand-in: what is built is only noted."""

from collections.abc import Collection
from typing import Any

from support.github import House
from support.queues import RecordingQueue
from support.services import make_build
from thakur.accounts import Principal, Role
from thakur.accounts.models import TeamRow
from thakur.builds import Build, BuildNotFound, BuildStatus, GitSource
from thakur.db import Database
from thakur.git import GitRules
from thakur.github import Site
from thakur.identities.sight import Sight
from thakur.installations import AppAsked, GitHubApp
from thakur.installations.apps import LocalApps
from thakur.installations.clients import LocalClients
from thakur.installations.commenting import Commenting
from thakur.installations.comments import LocalComments
from thakur.installations.connections import LocalConnections
from thakur.installations.lending import LocalLender
from thakur.installations.people.sign_in_apps import LocalSignInApps
from thakur.installations.registering.departures import Departures
from thakur.installations.registering.reach import Here
from thakur.installations.registering.service import LocalRegistrations
from thakur.installations.reports import LocalReports
from thakur.installations.sending import Sending
from thakur.installations.surveys import LocalSurveys
from thakur.installations.tracks import LocalTracks
from thakur.installations.upkeep.service import LocalUpkeep
from thakur.projects import PRODUCTION, Projects
from thakur.projects.environments import LocalEnvironments
from thakur.projects.repositories import LocalRepositories
from thakur.projects.service import LocalProjects
from thakur.queue import REPORTS, WEBHOOKS
from thakur.runtime import Deployment, DeploymentNotFound, DeploymentStatus
from thakur.runtime.deployments.addresses import Addresses
from thakur.security import KeyRing, Sealer
from thakur.webhooks.deliveries import LocalDeliveries
from thakur.webhooks.events import parse
from thakur.webhooks.filters.filtering import Filtering
from thakur.webhooks.handling import Handling
from thakur.webhooks.heads import Heads
from thakur.webhooks.inbox import Inbox
from thakur.webhooks.jobs import WebhookJobs
from thakur.webhooks.previews.asking import LocalPreviews
from thakur.webhooks.previews.branches import Branches
from thakur.webhooks.previews.pulls import Pulls
from thakur.webhooks.previews.standing import Standings
from thakur.webhooks.previews.strays import Strays
from thakur.webhooks.previews.surveying import Surveying
from thakur.webhooks.previews.telling import Telling
from thakur.wiring.identifying import wire_identifying
from thakur.wiring.people import wire_people

HERE = Here("https://deploy.example.com", "https://deploy.example.com")
DASHBOARD = "http://127.0.0.1:1"
RING = KeyRing({1: b"k" * 32})


class NotedBuilds:
    """Implements what webhooks ask of Builds."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, GitSource]] = []
        self.environments: list[str] = []
        self.rows: dict[tuple[int, int], Build] = {}
        self.projects: Projects | None = None

    async def request_git(
        self, principal: Principal, project_id: int, asked: GitSource, environment: str = PRODUCTION
    ) -> Build:
        assert self.projects is not None
        place = await self.projects.environment(project_id, environment)
        self.asked.append((principal.actor, asked))
        self.environments.append(environment)
        build = make_build(project_id, len(self.asked), environment_id=place.id, status=BuildStatus.QUEUED)
        self.rows[project_id, build.number] = build
        return build

    async def get(self, principal: Principal, project_id: int, number: int) -> Build:
        if (project_id, number) not in self.rows:
            raise BuildNotFound(f"There is no build #{number}")
        return self.rows[project_id, number]

    async def newest(self, principal: Principal, environment_ids: Collection[int]) -> dict[int, Build]:
        every = sorted(self.rows.values(), key=lambda each: each.number)
        return {each.environment_id: each for each in every if each.environment_id in environment_ids}

    @property
    def commits(self) -> list[str | None]:
        return [source.commit for _, source in self.asked]


class NotedRuntime:
    """Implements what webhooks ask of Runtime: what a test says is there."""

    def __init__(self) -> None:
        self.rows: dict[tuple[int, int], Deployment] = {}

    async def get(self, principal: Principal, project_id: int, number: int) -> Deployment:
        if (project_id, number) not in self.rows:
            raise DeploymentNotFound(f"There is no deployment #{number}")
        return self.rows[project_id, number]

    async def newest(self, principal: Principal, environment_ids: Collection[int]) -> dict[int, Deployment]:
        every = sorted(self.rows.values(), key=lambda each: each.number)
        return {each.environment_id: each for each in every if each.environment_id in environment_ids}

    async def live(self, principal: Principal, environment_ids: Collection[int]) -> dict[int, Deployment]:
        active = [each for each in self.rows.values() if each.status is DeploymentStatus.ACTIVE]
        return {each.environment_id: each for each in active if each.environment_id in environment_ids}


class Consumer:
    """Implements projects.DeletionConsumer: nothing of it is kept outside the database."""

    async def project_deleted(self, project_id: int) -> None:
        pass

    async def environment_deleted(self, project_id: int, environment_id: int) -> None:
        pass


class Rooms:
    """A team with the house's App, and everything that a push goes through."""

    def __init__(self, db: Database, house: House) -> None:
        self.db, self.house = db, house
        self.queue = RecordingQueue()
        sealer = Sealer(RING, "github apps")
        self.clients = LocalClients(db, sealer, write_gap_seconds=0)
        self.apps = LocalApps(db, sealer, self.clients)
        self.projects = LocalProjects(db, self.queue, [Consumer()])
        self.repositories = LocalRepositories(
            db, Sealer(RING, "git tokens"), GitRules(schemes=("http",), hosts=("127.0.0.1",))
        )
        self.connections = LocalConnections(
            db, self.apps, self.clients, self.projects, lambda: self.queue.wake(WEBHOOKS)
        )
        self.tracks = LocalTracks(db, self.projects, lambda: self.queue.wake(WEBHOOKS))
        self.lender = LocalLender(self.connections, self.clients)
        self.reports = LocalReports(db, lambda: self.queue.wake(REPORTS))
        self.sending = Sending(self.reports, self.clients)
        self.upkeep = LocalUpkeep(db, sealer, self.apps, self.clients, HERE)
        self.inbox = Inbox(db, self.queue)
        self.deliveries = LocalDeliveries(db, self.queue, self.apps, self.clients, self.inbox)
        self.builds, self.runtime = NotedBuilds(), NotedRuntime()
        self.builds.projects = self.projects
        self.environments = LocalEnvironments(db, self.queue)
        self.surveys = LocalSurveys(db, self.projects, lambda: self.queue.wake(WEBHOOKS))
        self.comments = LocalComments(db, lambda: self.queue.wake(REPORTS))
        self._wire_previews()
        self.people = wire_people(db)
        self.sign_in_apps = LocalSignInApps(db, sealer, self.clients, Site())
        self.identifying = wire_identifying(db, RING, self.sign_in_apps, self.clients, self.people, DASHBOARD)
        self.registrations = LocalRegistrations(
            Departures(db),
            self.apps,
            self.upkeep,
            self.clients,
            self.tracks,
            Sight(self.identifying.identities),
            Site(),
            HERE,
        )
        handling = Handling(
            self.apps,
            self.clients,
            self.connections,
            self.tracks,
            self.repositories,
            self.identifying.identities,
            self.branches,
            self.pulls,
        )
        heads = Heads(
            self.clients,
            self.tracks,
            self.projects,
            self.repositories,
            self.environments,
            self.builds,
            self.reports,
            Filtering(),
            lambda name, number: f"http://127.0.0.1/projects/{name}/deployments/{number}",
        )
        self.jobs = WebhookJobs(self.inbox, handling, self.surveys, self.surveying, self.tracks, heads)

    def _wire_previews(self) -> None:
        self.branches = Branches(self.tracks)
        self.pulls = Pulls(self.clients, self.tracks, self.comments, self.environments, self.repositories)
        self.surveying = Surveying(
            self.clients, self.surveys, self.tracks, self.comments, self.repositories, self.branches, self.pulls
        )
        standings = Standings(
            self.tracks,
            self.projects,
            self.environments,
            self.builds,
            self.runtime,
            Addresses("localhost", 8080).url,
        )
        self.previews = LocalPreviews(
            self.projects,
            self.repositories,
            self.environments,
            self.connections,
            self.tracks,
            self.surveys,
            self.branches,
            standings,
        )
        self.telling = Telling(self.comments, standings, lambda name, number: f"http://127.0.0.1/{name}/{number or ''}")
        self.commenting = Commenting(self.comments, self.clients)
        self.strays = Strays(self.tracks, self.environments, start_seconds=0)

    async def principal(self, team: str = "ours", role: Role = Role.OWNER) -> Principal:
        async with self.db.session() as session:
            row = TeamRow(name=team)
            session.add(row)
            await session.flush()
            return Principal(actor="ada", team_id=row.id, roles={row.id: role})

    def asked(self, **changed: Any) -> AppAsked:
        app = self.house.fake_app
        fields: dict[str, Any] = {
            "app_id": app.id,
            "client_id": app.client_id,
            "client_secret": app.client_secret,
            "private_key": app.private_key,
            "webhook_secret": app.webhook_secret,
            "url": self.house.github.url,
        }
        return AppAsked(**(fields | changed))

    async def add_app(self, principal: Principal) -> GitHubApp:
        return await self.apps.add(principal, self.asked())

    async def follow(
        self,
        principal: Principal,
        name: str = "shop",
        full_name: str = "ada/shop",
        *,
        follows_default: bool = False,
    ) -> int:
        """A project that follows the branch that is the repository's default one now; its id."""
        found = await self.connections.find(principal, full_name)
        project = await self.projects.create(principal, name)
        await self.repositories.set(principal, project.id, found.url, found.default_branch)
        await self.connections.connect(principal, project.id, found, follows_default=follows_default)
        return project.id

    async def deliver(self, event: str, payload: bytes, guid: str) -> bool:
        """As the receiver does, when the signature was right."""
        (app,) = await self.apps.every()
        parsed = parse(event, payload)
        assert parsed is not None
        return await self.inbox.accept(app, guid, parsed)
