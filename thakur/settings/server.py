"""The settings of a server's process, with the defaults that make it work with nothing set."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from thakur.settings.values import (
    Address,
    Network,
    is_loopback,
    read_address,
    read_base_domain,
    read_choice,
    read_data_dir,
    read_dotenv,
    read_git_hosts,
    read_git_schemes,
    read_networks,
    read_path,
    read_program,
    read_public_url,
    read_url,
)

# What a build and bun may see of the host's environment: certificates, proxies and registries of the place we run in.
PASSED_TO_BUILDS = (
    "SSL_CERT_FILE",
    "SSL_CERT_DIR",
    "NODE_EXTRA_CA_CERTS",
    "HTTP_PROXY",
    "HTTPS_PROXY",
    "NO_PROXY",
    "http_proxy",
    "https_proxy",
    "no_proxy",
    "npm_config_registry",
    "NPM_CONFIG_REGISTRY",
    "BUN_CONFIG_REGISTRY",
)

PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class Settings:
    """Every setting of `thakur`, with the defaults that make `thakur serve` work with nothing set."""

    data_dir: Path
    address: Address = field(default=Address("127.0.0.1", 8000))
    http: Address = field(default=Address("0.0.0.0", 8080))
    public_url: str | None = None
    trusted_proxies: tuple[Network, ...] = ()
    base_domain: str = "localhost"
    database_url: str | None = None
    redis_url: str | None = None
    secret_key_file: Path | None = None
    bun: Path | None = None
    git_schemes: tuple[str, ...] = ("https",)
    git_hosts: tuple[str, ...] = ("public",)
    github_pull: str = "auto"
    github_url: str = ""
    github_api_url: str = ""
    passed_to_builds: Mapping[str, str] = field(default_factory=dict)

    @property
    def dashboard(self) -> str:
        """Where people find the dashboard: the public URL, else the listener's own, which is on this host."""
        host = "127.0.0.1" if self.address.host == "0.0.0.0" else self.address.host
        return self.public_url or f"http://{Address(host, self.address.port)}"

    @property
    def front(self) -> tuple[int, str]:
        """The port and scheme by which visitors come: the public URL's, which the same proxy answers, else the proxy's own."""
        if self.public_url is None:
            return self.http.port, "http"
        parts = urlsplit(self.public_url)
        return parts.port or PORTS[parts.scheme], parts.scheme

    @property
    def pulls_from_github(self) -> bool:
        """Whether GitHub is asked what happened, because it has no address to tell it to."""
        if self.github_pull != "auto":
            return self.github_pull == "yes"
        return self.public_url is None or is_loopback(urlsplit(self.public_url).hostname or "")

    @property
    def key_file(self) -> Path:
        """Where the master key is."""
        return self.secret_key_file or self.data_dir / "secret.key"

    @property
    def has_embedded_database(self) -> bool:
        return self.database_url is None

    @property
    def has_embedded_redis(self) -> bool:
        return self.redis_url is None

    @classmethod
    def from_env(
        cls,
        env: Mapping[str, str] | None = None,
        dotenv: Path | None = None,
        flags: Mapping[str, str] | None = None,
    ) -> "Settings":
        """Read `flags` over `env` (default: the process's) over the lines of `dotenv`, which need not exist.

        Raises SettingInvalid.
        """
        found = dict(read_dotenv(dotenv)) if dotenv else {}
        found.update(os.environ if env is None else env)  # noqa: TID251
        found.update(flags or {})
        return cls(
            data_dir=read_data_dir(found),
            address=read_address(found, "THAKUR_ADDRESS", "127.0.0.1:8000"),
            http=read_address(found, "THAKUR_HTTP", "0.0.0.0:8080"),
            public_url=read_public_url(found),
            trusted_proxies=read_networks(found, "THAKUR_TRUSTED_PROXIES"),
            base_domain=read_base_domain(found),
            database_url=read_url(found, "THAKUR_DATABASE_URL", ("postgresql", "postgres", "postgresql+psycopg")),
            redis_url=read_url(found, "THAKUR_REDIS_URL", ("redis", "rediss", "unix")),
            secret_key_file=read_path(found, "THAKUR_SECRET_KEY_FILE"),
            bun=read_program(found, "THAKUR_BUN"),
            git_schemes=read_git_schemes(found),
            git_hosts=read_git_hosts(found),
            github_pull=read_choice(found, "THAKUR_GITHUB_PULL", ("auto", "yes", "no")),
            github_url=read_url(found, "THAKUR_GITHUB_URL", ("https", "http")) or "",
            github_api_url=read_url(found, "THAKUR_GITHUB_API_URL", ("https", "http")) or "",
            passed_to_builds={name: found[name] for name in PASSED_TO_BUILDS if found.get(name)},
        )
