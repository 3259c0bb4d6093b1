"""Where a deployment answers: its host names and the URL that people open."""

from dataclasses import dataclass

from thakur.projects import hostname


@dataclass(frozen=True, slots=True)
class Addresses:
    """The domain below which projects appear, and the port of the proxy."""

    base_domain: str
    http_port: int

    def hosts(self, project: str, environment: str) -> tuple[str, ...]:
        """Host names that lead to the environment."""
        return (hostname(project, environment, self.base_domain),)

    def url(self, project: str, environment: str) -> str:
        """The URL to show; the port only when it is not the scheme's own."""
        host = hostname(project, environment, self.base_domain)
        return f"http://{host}" if self.http_port == 80 else f"http://{host}:{self.http_port}"
