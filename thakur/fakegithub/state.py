"""What the stand-in knows: in memory, but for the repositories themselves, which are on disk."""

import functools
import secrets
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

from thakur.fakegithub.oauth.grants import Grants
from thakur.fakegithub.people.accounts import FakeAccount, People

PERMISSIONS = {
    "metadata": "read",
    "contents": "read",
    "statuses": "write",
    "deployments": "write",
    "pull_requests": "write",
    "checks": "read",
}
EVENTS = ["push", "pull_request", "create", "delete", "repository"]
TOKEN_LIFE = timedelta(hours=1)


@functools.cache
def private_key() -> str:
    """One for every App of this process: to make one takes longer than a test."""
    made = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    kind = serialization.PrivateFormat.TraditionalOpenSSL
    return made.private_bytes(serialization.Encoding.PEM, kind, serialization.NoEncryption()).decode()


@dataclass
class FakeApp:
    """A GitHub App with what its owner would be shown of it."""

    id: int
    slug: str
    hook_url: str
    owner: FakeAccount
    name: str = ""
    description: str | None = None
    external_url: str = ""
    callback_urls: list[str] = field(default_factory=list)
    setup_url: str = ""
    is_public: bool = True
    is_told_of_updates: bool = False
    asks_user_on_install: bool = False
    # Device flow and expiring tokens are settings of an App that no manifest can name.
    has_device_flow: bool = False
    has_expiring_tokens: bool = True
    webhook_secret: str = field(default_factory=lambda: secrets.token_hex(20))
    client_id: str = field(default_factory=lambda: f"Iv23li{secrets.token_hex(7)}")
    client_secret: str = field(default_factory=lambda: secrets.token_hex(20))
    permissions: dict[str, str] = field(default_factory=lambda: dict(PERMISSIONS))
    events: list[str] = field(default_factory=lambda: list(EVENTS))
    private_key: str = field(default_factory=private_key)

    @property
    def hook_id(self) -> int:
        return self.id + 1_000_000


@dataclass
class FakeRepository:
    """A repository; `names` are what it was called before, `collaborators` roles of users who were invited."""

    id: int
    account: FakeAccount
    name: str
    path: Path
    is_private: bool = True
    default_branch: str = "main"
    names: list[str] = field(default_factory=list)
    statuses: list[dict[str, Any]] = field(default_factory=list)
    deployments: list[dict[str, Any]] = field(default_factory=list)
    collaborators: dict[int, str] = field(default_factory=dict)
    fork_of: "FakeRepository | None" = None
    pulls: list["FakePull"] = field(default_factory=list)
    comments: list["FakeComment"] = field(default_factory=list)

    @property
    def owner(self) -> str:
        return self.account.login

    @property
    def full_name(self) -> str:
        return f"{self.account.login}/{self.name}"


@dataclass(eq=False)
class FakePull:
    """A pull request; its head's repository may be gone."""

    id: int
    number: int
    repository: FakeRepository
    base_ref: str
    base_sha: str
    head: FakeRepository | None
    head_ref: str
    head_sha: str
    user: FakeAccount
    title: str
    body: str | None = None
    state: str = "open"
    merge_sha: str | None = None
    merged_by: FakeAccount | None = None
    made_at: datetime = field(default_factory=lambda: datetime.now(UTC))
    updated_at: datetime = field(default_factory=lambda: datetime.now(UTC))
    closed_at: datetime | None = None
    merged_at: datetime | None = None

    @property
    def is_from_fork(self) -> bool:
        return self.head is not self.repository


@dataclass(eq=False)
class FakeComment:
    """What somebody, or an App, has written below a pull request."""

    id: int
    number: int
    author: FakeAccount | FakeApp
    body: str
    app: FakeApp | None = None
    made_at: datetime = field(default_factory=lambda: datetime.now(UTC))
    updated_at: datetime = field(default_factory=lambda: datetime.now(UTC))


@dataclass
class FakeCheckSuite:
    """What one App makes of one commit."""

    id: int
    app: FakeApp
    head_sha: str
    head_branch: str | None
    before: str | None = None
    status: str = "queued"
    conclusion: str | None = None
    runs: list["FakeCheckRun"] = field(default_factory=list)

    def latest(self) -> dict[str, "FakeCheckRun"]:
        """The newest run of each name."""
        return {each.name: each for each in self.runs}


@dataclass
class FakeCheckRun:
    """One check of a suite."""

    id: int
    suite: FakeCheckSuite
    name: str
    status: str = "queued"
    conclusion: str | None = None
    details_url: str = ""
    external_id: str = ""
    output: dict[str, Any] = field(default_factory=dict)
    started_at: datetime = field(default_factory=lambda: datetime.now(UTC))
    completed_at: datetime | None = None


@dataclass
class FakeInstallation:
    """An App on an account, with the repositories that were chosen."""

    id: int
    app: FakeApp
    account: FakeAccount
    repository_ids: set[int]
    is_suspended: bool = False
    has_all: bool = False
    # What was granted, while the App asks for something else than that.
    accepted: dict[str, str] | None = None

    @property
    def permissions(self) -> dict[str, str]:
        """What it may now."""
        return self.app.permissions if self.accepted is None else self.accepted


@dataclass
class FakeToken:
    """A token as it was asked for."""

    installation: FakeInstallation
    repository_ids: frozenset[int]
    permissions: dict[str, str]
    expires_at: datetime

    @property
    def opened(self) -> frozenset[int]:
        """What it opens now: a repository may have been taken from the installation since."""
        return self.repository_ids & self.installation.repository_ids


class State:
    """All of it."""

    def __init__(self) -> None:
        self.apps: dict[int, FakeApp] = {}
        self.installations: dict[int, FakeInstallation] = {}
        self.repositories: dict[int, FakeRepository] = {}
        self.tokens: dict[str, FakeToken] = {}
        self.minted = 0
        self.skew = timedelta()
        self._last_id = 1000
        self.people = People(self.new_id)
        self.grants: Grants[FakeApp] = Grants(self.now)
        # Whether pages ask before they do what an App would like; in most tests somebody has said yes.
        self.asks = False
        # GitHub cannot reach a webhook on loopback; the stand-in can, as long as it is not to behave alike.
        self.takes_local_hooks = True

    def now(self) -> datetime:
        """By the stand-in's own clock, which a test may set."""
        return datetime.now(UTC) + self.skew

    def new_id(self) -> int:
        self._last_id += 1
        return self._last_id

    def named(self, full_name: str) -> FakeRepository | None:
        """The repository of that name, or that had it before."""
        wanted = full_name.lower()
        every = self.repositories.values()
        now = next((each for each in every if each.full_name.lower() == wanted), None)
        return now or next((each for each in every if wanted in map(str.lower, each.names)), None)

    def mint(
        self,
        installation: FakeInstallation,
        repository_ids: frozenset[int],
        permissions: dict[str, str],
        *,
        is_stateless: bool = True,
    ) -> str:
        """A token of the form that GitHub's have since 2026, long, with dots, or of the one before."""
        self.minted += 1
        body = ".".join(secrets.token_urlsafe(160) for _ in range(2))
        text = f"ghs_{installation.app.id}_{body}" if is_stateless else f"ghs_{secrets.token_hex(18)}"
        self.tokens[text] = FakeToken(installation, repository_ids, permissions, self.now() + TOKEN_LIFE)
        return text

    def forget(self, installation: FakeInstallation) -> None:
        """It is there no more, and its tokens open nothing."""
        del self.installations[installation.id]
        self.tokens = {text: token for text, token in self.tokens.items() if token.installation is not installation}
