"""Looking through the repositories of accounts, page by page and several at once."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime

from thakur.accounts import Action, Principal
from thakur.github import FULL_NAME, Installation, NotPermitted, NotThere, Repository
from thakur.identities.browsing.eyes import AppEyes, Eyes
from thakur.identities.browsing.interface import AccountSeen, RepositorySeen, Seen, SignInNeeded
from thakur.identities.interface import Identities
from thakur.installations import Apps, Clients, Connections, Found, RepositoryUnknown

PAGE = 100
# Of one account. Who has more finds the rest by its name: OWNER/REPO.
MOST_PAGES = 20
AT_ONCE = 4
MANIFEST = "package.json"
DEEPEST, MOST_FOLDERS = 4, 50
EVER = datetime.min.replace(tzinfo=UTC)


class LocalBrowser:
    """Implements Browser. Nothing is kept but what the clients keep by its tag, so what is taken away is gone at once."""

    def __init__(self, identities: Identities, apps: Apps, clients: Clients, connections: Connections) -> None:
        self._identities = identities
        self._apps = apps
        self._clients = clients
        self._connections = connections

    async def look(self, principal: Principal, installation_id: int | None = None) -> Seen:
        apps = await self._apps.own(principal)
        if not apps:
            return Seen(has_apps=False)
        eyes, by_app = await self._open(principal, apps)
        found = [(each, one) for each in eyes for one in await each.installations()]
        wanted = [(each, one) for each, one in found if one.suspended_at is None and installation_id in (None, one.id)]
        lists = [await _every(each, one) for each, one in wanted]
        seen = [repository for repositories, _ in lists for repository in repositories]
        seen.sort(key=lambda one: one.full_name.lower())
        seen.sort(key=lambda one: one.pushed_at or EVER, reverse=True)
        return Seen(
            accounts=tuple(_account(one) for _, one in found),
            repositories=tuple(_shown(one) for one in seen),
            by_app=by_app,
            is_cut=any(is_cut for _, is_cut in lists),
        )

    async def choose(self, principal: Principal, full_name: str) -> Found:
        apps = await self._apps.own(principal)
        if not FULL_NAME.fullmatch(full_name) or not apps:
            raise _unknown(full_name)
        eyes, _ = await self._open(principal, apps)
        for each in eyes:
            try:
                seen = await each.repository(full_name)
            except (NotThere, NotPermitted):
                continue
            found = await self._connections.find(principal, seen.full_name)
            if found.repository_id == seen.id:
                return found
        raise _unknown(full_name)

    async def folders(self, found: Found, branch: str) -> list[str]:
        client = await self._clients.installed(found.app, found.installation_id)
        try:
            paths = await client.files_named(found.repository_id, branch, MANIFEST)
        except NotThere:
            return []
        folders = [path.rpartition("/")[0] or "." for path in paths if "node_modules/" not in path]
        near = [folder for folder in folders if folder.count("/") < DEEPEST]
        return sorted(near, key=lambda folder: (folder != ".", folder))[:MOST_FOLDERS]

    async def _open(self, principal: Principal, apps: Sequence[int]) -> tuple[list[Eyes], bool]:
        people = [await self._identities.client(principal, app) for app in apps]
        eyes: list[Eyes] = [person for person in people if person is not None]
        if eyes:
            return eyes, False
        if not principal.may(Action.MANAGE_GITHUB, principal.team_id):
            raise SignInNeeded(
                "GitHub shows your repositories to you alone, and nobody here knows who you are there",
                hint="Sign in with GitHub, or link your account on the page Account.",
            )
        return [AppEyes(await self._clients.app(app)) for app in apps], True


async def _every(eyes: Eyes, installation: Installation) -> tuple[list[Repository], bool]:
    try:
        first = await eyes.repositories(installation.id)
    except (NotThere, NotPermitted):
        # It was taken away, or suspended, a moment ago.
        return [], False
    last = -(-first.total // PAGE)
    turns = asyncio.Semaphore(AT_ONCE)

    async def page(number: int) -> tuple[Repository, ...]:
        async with turns:
            return (await eyes.repositories(installation.id, number)).repositories

    others = await asyncio.gather(*(page(number) for number in range(2, min(last, MOST_PAGES) + 1)))
    return [*first.repositories, *(one for each in others for one in each)], last > MOST_PAGES


def _account(installation: Installation) -> AccountSeen:
    return AccountSeen(
        installation_id=installation.id,
        account=installation.account.login,
        is_suspended=installation.suspended_at is not None,
        page_url=installation.html_url if installation.html_url.startswith(("https://", "http://")) else "",
    )


def _shown(found: Repository) -> RepositorySeen:
    return RepositorySeen(
        repository_id=found.id,
        full_name=found.full_name,
        is_private=found.private,
        is_archived=found.archived,
        default_branch=found.default_branch,
        language=found.language or "",
        pushed_at=found.pushed_at,
    )


def _unknown(full_name: str) -> RepositoryUnknown:
    return RepositoryUnknown(
        f"Neither you nor an App of your team can read {full_name[:200]}",
        hint="Install the App on it on GitHub, or ask who owns it to let you in.",
        field="repo",
    )
