"""`make api-test`: schemathesis against a server of its own, by the description that the server gives of itself."""

import subprocess
import sys
import tempfile
from pathlib import Path

from support.server import Server

CONFIG = Path(__file__).with_name("schemathesis.toml")
SECONDS = "200"
# A token acts in one team and does not find another one that it made; wrong tokens have a run of their own.
NOT_NOW = "ignored_auth,ensure_resource_availability"


def main(schemathesis: str) -> int:
    """Run it; 0 when nothing was found."""
    with tempfile.TemporaryDirectory(prefix="thakur-api-") as name:
        server = Server(Path(name) / "data")
        server.start()
        try:
            site = Path(name) / "site"
            site.mkdir()
            (site / "index.html").write_text("hello")
            server.run("deploy", str(site), "--project", "shop")
            token = server.run("tokens", "create", "schemathesis", "--scope", "all", "--json").json()["token"]
            run = [schemathesis, "--config-file", str(CONFIG), "run", f"http://{server.address}/api/v1/openapi.json"]
            run += ["-w", "1", "--request-timeout", "20", "-H", f"Authorization: Bearer {token}"]
            found = subprocess.run(
                [*run, "-c", "all", "--exclude-checks", NOT_NOW, "-m", "all", "-n", "50", "--max-time", SECONDS],
                cwd=name,
                check=False,
            )
            # Last, because wrong tokens lock their sender out for a while.
            let_in = subprocess.run(
                [*run, "-c", "ignored_auth", "--phases", "examples", "-n", "1"], cwd=name, check=False
            )
        finally:
            server.stop()
    return found.returncode or let_in.returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
