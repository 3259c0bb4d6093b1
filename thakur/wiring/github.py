"""GitHub Apps and what follows from them: what every role with the database shares, and the api's part."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from thakur.db import Database
from thakur.github import Site, site_of
from thakur.identities.browsing.browser import LocalBrowser
from thakur.identities.sight import Sight
from thakur.installations.apps import LocalApps
from thakur.installations.clients import LocalClients
from thakur.installations.comments import LocalComments
from thakur.installations.connections import LocalConnections
from thakur.installations.lending import LocalLender
from thakur.installations.people.sign_in_apps import LocalSignInApps
from thakur.installations.registering.departures import Departures
from thakur.installations.registering.reach import Here
from thakur.installations.registering.service import LocalRegistrations
from thakur.installations.reports import LocalReports
from thakur.installations.secrets import ResealingOfApps
from thakur.installations.sending import Sending
from thakur.installations.surveys import LocalSurveys
from thakur.installations.tracks import EVERY, LocalTracks
from thakur.installations.upkeep.service import LocalUpkeep
from thakur.projects import Projects
from thakur.queue import REPORTS, WEBHOOKS, Queue, Worker
from thakur.security import KeyRing, SealedRows, Sealer
from thakur.settings import SettingInvalid, Settings
from thakur.webhooks.deliveries import LocalDeliveries
from thakur.webhooks.filters.filtering import Filtering
from thakur.webhooks.following import Following
from thakur.webhooks.handling import Handling
from thakur.webhooks.heads import Heads
from thakur.webhooks.inbox import Inbox
from thakur.webhooks.jobs import WebhookJobs
from thakur.webhooks.previews.asking import LocalPreviews
from thakur.webhooks.pulling import Pulling
from thakur.webhooks.receiver import Receiver
from thakur.webhooks.recovery import Recovery
from thakur.wiring.identifying import Identifying, wire_identifying
from thakur.wiring.people import People
from thakur.wiring.previewing import Previewing, wire_previewing

if TYPE_CHECKING:
    from thakur.wiring.core import Core

# A branch that nothing is told of: what has not changed costs nothing of what GitHub allows.
PULLED_EVERY = timedelta(minutes=1)
WEBHOOK_SLOTS = 2
REPORT_SLOTS = 2


@dataclass(frozen=True, slots=True)
class GitHub:
    """Apps, the repositories that projects follow, tokens for builds, and reports."""

    clients: LocalClients
    apps: LocalApps
    connections: LocalConnections
    tracks: LocalTracks
    surveys: LocalSurveys
    comments: LocalComments
    lender: LocalLender
    reports: LocalReports
    identifying: Identifying
    browser: LocalBrowser
    upkeep: LocalUpkeep
    registrations: LocalRegistrations
    sealed: tuple[SealedRows, ...]

    async def close(self) -> None:
        await self.identifying.tokens.stop()
        await self.clients.close()


@dataclass(frozen=True, slots=True)
class Receiving:
    """What becomes of webhooks. `behind` puts their receiver before an application of a public listener."""

    previews: LocalPreviews
    deliveries: LocalDeliveries
    behind: Callable[[Any], Receiver]
    workers: tuple[Worker, ...]


def wire_github(
    settings: Settings, db: Database, queue: Queue, ring: KeyRing, projects: Projects, people: People
) -> GitHub:
    """Make them. Raises SettingInvalid."""
    sealer, pulls = Sealer(ring, "github apps"), settings.pulls_from_github
    clients = LocalClients(db, sealer)
    apps = LocalApps(db, sealer, clients, is_pulled=pulls)
    connections = LocalConnections(db, apps, clients, projects, lambda: queue.wake(WEBHOOKS))
    # Where GitHub cannot tell, it is asked.
    tracks = LocalTracks(db, projects, lambda: queue.wake(WEBHOOKS), PULLED_EVERY if pulls else EVERY)
    here = Here(settings.public_url, settings.dashboard, pulls)
    upkeep = LocalUpkeep(db, sealer, apps, clients, here)
    identifying = wire_identifying(
        db, ring, LocalSignInApps(db, sealer, clients, _default_site(settings)), clients, people, settings.dashboard
    )
    return GitHub(
        clients=clients,
        apps=apps,
        connections=connections,
        tracks=tracks,
        surveys=LocalSurveys(db, projects, lambda: queue.wake(WEBHOOKS)),
        comments=LocalComments(db, lambda: queue.wake(REPORTS)),
        lender=LocalLender(connections, clients),
        reports=LocalReports(db, lambda: queue.wake(REPORTS)),
        identifying=identifying,
        browser=LocalBrowser(identifying.identities, apps, clients, connections),
        upkeep=upkeep,
        registrations=LocalRegistrations(
            Departures(db),
            apps,
            upkeep,
            clients,
            tracks,
            Sight(identifying.identities),
            _default_site(settings),
            here,
        ),
        sealed=(ResealingOfApps(db, sealer), identifying.sealed),
    )


def _default_site(settings: Settings) -> Site:
    site = site_of(settings.github_url, settings.github_api_url)
    if isinstance(site, Site):
        return site
    name, value = {
        "url": ("THAKUR_GITHUB_URL", settings.github_url),
        "api_url": ("THAKUR_GITHUB_API_URL", settings.github_api_url),
    }[site]
    raise SettingInvalid(
        f"{name}={value} is no address of a GitHub",
        hint="Write https:// and a host name, such as https://git.example.com. Plain http is for loopback alone.",
    )


def _handling(core: "Core", previewing: Previewing) -> Handling:
    github = core.github
    return Handling(
        github.apps,
        github.clients,
        github.connections,
        github.tracks,
        core.repositories,
        github.identifying.identities,
        previewing.branches,
        previewing.pulls,
    )


def _heads(core: "Core") -> Heads:
    return Heads(
        core.github.clients,
        core.github.tracks,
        core.projects,
        core.repositories,
        core.environments,
        core.builds,
        core.github.reports,
        Filtering(),
        lambda name, number: f"{core.settings.dashboard}/projects/{name}/deployments/{number}",
    )


def wire_receiving(core: "Core") -> Receiving:
    """Make the api's part."""
    github = core.github
    inbox = Inbox(core.db, core.queue)
    previewing = wire_previewing(core)
    handling, heads = _handling(core, previewing), _heads(core)
    jobs = WebhookJobs(inbox, handling, github.surveys, previewing.surveying, github.tracks, heads)
    pulls = core.settings.pulls_from_github
    recovery = Recovery(
        github.apps, github.upkeep, github.clients, github.tracks, github.surveys, inbox, redelivers=not pulls
    )
    pulling = Pulling(github.apps, github.clients, github.connections, inbox)
    looks = (
        recovery.look,
        previewing.strays.look,
        github.identifying.rechecks.look,
        *((pulling.look,) if pulls else ()),
    )
    following = Following(github.connections, core.environments, core.builds, core.runtime, github.reports)
    sending = Sending(github.reports, github.clients)

    async def tell() -> None:
        await sending.drain()
        await previewing.commenting.drain()

    workers = (
        Worker(core.urls.redis_url, WEBHOOKS, jobs.drain, WEBHOOK_SLOTS, looks),
        Worker(core.urls.redis_url, REPORTS, tell, REPORT_SLOTS, (following.look, previewing.telling.look)),
    )
    for worker in workers:
        core.queue.attach(worker)
    return Receiving(
        previews=previewing.previews,
        deliveries=LocalDeliveries(core.db, core.queue, github.apps, github.clients, inbox),
        behind=lambda app: Receiver(app, github.apps, inbox),
        workers=workers,
    )
