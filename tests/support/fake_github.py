"""Doubles of what is known of GitHub: in memory, for the command line and the resources; the real ones have tests of their own."""

from collections.abc import Mapping
from datetime import UTC, datetime

from thakur.accounts import Action, Principal
from thakur.github import Site, site_of
from thakur.installations import (
    AppAsked,
    AppUnknown,
    GitHubApp,
    Registered,
    Registration,
    RegistrationAsked,
    StateRefused,
)
from thakur.webhooks import Arrived, DeliveryKept, DeliveryMissing, DeliveryStatus, DeliveryUnknown, Redelivery

AT = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
HOOK_URL = "https://deploy.example.com/webhooks/github"


class FakeGitHubApps:
    """Takes every App, and has it installed on nothing."""

    def __init__(self) -> None:
        self.rows: list[GitHubApp] = []

    async def add(self, principal: Principal, asked: AppAsked) -> GitHubApp:
        site = site_of(asked.url, asked.api_url)
        assert isinstance(site, Site)
        app = GitHubApp(
            app_id=asked.app_id,
            slug="thakur-ada",
            web_url=site.web_url,
            api_url=site.api_url,
            client_id=asked.client_id,
            hook_url="",
            page_url=f"{site.web_url}/apps/thakur-ada",
            settings_url=f"{site.web_url}/settings/apps/thakur-ada",
            created_at=AT,
            created_by=principal.actor,
        )
        self.rows.append(app)
        return app

    async def list(self, principal: Principal) -> list[GitHubApp]:
        return list(self.rows)

    async def managed(self, principal: Principal) -> dict[int, GitHubApp]:
        principal.require(Action.MANAGE_GITHUB, principal.team_id)
        return dict(enumerate(self.rows, 1))


class FakeUpkeep:
    """Looks after the Apps of the other double."""

    def __init__(self, apps: FakeGitHubApps) -> None:
        self.apps = apps
        self.hooks: list[tuple[int, bool]] = []

    def hook_url(self, app: GitHubApp) -> str:
        return HOOK_URL

    async def refresh(self, app: int) -> str:
        return ""

    async def look_again(self, principal: Principal) -> None: ...

    async def set_hook(
        self, principal: Principal, app_id: int, url: str = "", *, is_new_secret: bool = False
    ) -> GitHubApp:
        found = self._one(app_id)
        self.hooks.append((app_id, is_new_secret))
        return found

    async def remove(self, principal: Principal, app_id: int, url: str = "") -> GitHubApp:
        found = self._one(app_id)
        self.apps.rows.remove(found)
        return found

    def _one(self, app_id: int) -> GitHubApp:
        for app in self.apps.rows:
            if app.app_id == app_id:
                return app
        raise AppUnknown(f"Your teams have no GitHub App {app_id}")


class FakeRegistrations:
    """Has nobody leave for anywhere."""

    default = Site()

    async def begin(self, principal: Principal, asked: RegistrationAsked) -> Registration:
        raise AssertionError

    async def finish(self, principal: Principal, code: str, state: str) -> Registered:
        raise StateRefused("Nobody left with that state")

    async def install(self, principal: Principal, app_id: int, url: str = "") -> str:
        raise AppUnknown(f"Your teams have no GitHub App {app_id}")

    async def installed(self, principal: Principal, installation_id: int, state: str) -> GitHubApp:
        raise StateRefused("Nobody left with that state")


class FakeDeliveries:
    """Two of them, a push that failed and an event that nothing follows from."""

    def __init__(self) -> None:
        self.rows = [
            _kept(2, "guid-2", "star", status=DeliveryStatus.IGNORED, pull_request=7),
            _kept(1, "guid-1", "push", status=DeliveryStatus.FAILED, reason="GitHub was away", branch="main"),
        ]
        self.again: list[str] = []

    async def list(
        self,
        principal: Principal,
        *,
        status: DeliveryStatus | None = None,
        event: str = "",
        before: int | None = None,
        limit: int = 50,
    ) -> list[DeliveryKept]:
        principal.require(Action.MANAGE_GITHUB, principal.team_id)
        found = [each for each in self.rows if status in (None, each.status) and event in ("", each.event)]
        return [each for each in found if before is None or each.id < before][:limit]

    async def arrived(self, principal: Principal) -> Mapping[tuple[str, int], Arrived]:
        return {}

    async def missing(self, principal: Principal) -> "list[DeliveryMissing]":
        principal.require(Action.MANAGE_GITHUB, principal.team_id)
        return [
            DeliveryMissing(
                guid="guid-3", app="thakur-ada", app_id=12, event="push", action="", status="timed out", at=AT
            )
        ]

    async def redeliver(self, principal: Principal, guid: str) -> Redelivery:
        if guid not in ("guid-1", "guid-3"):
            raise DeliveryUnknown(f"There is no delivery {guid}")
        self.again.append(guid)
        return Redelivery(guid=guid, is_sent_again=guid == "guid-3")


def _kept(number: int, guid: str, event: str, **fields: object) -> DeliveryKept:
    known = {"action": "", "branch": "", "pull_request": None, "reason": "", "done_at": AT} | fields
    return DeliveryKept(
        id=number,
        guid=guid,
        app="thakur-ada",
        app_id=12,
        event=event,
        repository="ada/shop",
        sender="ada",
        attempts=1,
        received_at=AT,
        **known,  # type: ignore[arg-type]
    )
