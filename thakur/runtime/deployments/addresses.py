"""Where a deployment answers: its host names and the URL that people open."""

from dataclasses import dataclass

from thakur.projects import hostname
from thakur.settings import PORTS


@dataclass(frozen=True, slots=True)
class Addresses:
    """The domain below which projects appear, and the scheme and port by which visitors come."""

    base_domain: str
    port: int
    scheme: str = "http"

    def hosts(self, project: str, environment: str) -> tuple[str, ...]:
        """Host names that lead to the environment."""
        return (hostname(project, environment, self.base_domain),)

    def url(self, project: str, environment: str) -> str:
        """The URL to show; the port only when it is not the scheme's own."""
        host = hostname(project, environment, self.base_domain)
        return f"{self.scheme}://{host}" if self.port == PORTS[self.scheme] else f"{self.scheme}://{host}:{self.port}"
