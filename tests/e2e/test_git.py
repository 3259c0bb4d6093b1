"""Repositories over https: from a URL to a visitor, and what is refused on the way."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from support.git_server import TOKEN, GitServer
from support.server import Server

EXAMPLE = Path(__file__).parents[2] / "examples" / "hono"


@pytest.fixture(scope="module")
def repositories(tmp_path_factory: pytest.TempPathFactory) -> Iterator[GitServer]:
    served = GitServer(tmp_path_factory.mktemp("git"))
    yield served
    served.stop()


@pytest.fixture(scope="module")
def shop(repositories: GitServer) -> str:
    return repositories.repository("shop").commit(_files(EXAMPLE), "Serve hono")


@pytest.fixture(scope="module")
def server(repositories: GitServer) -> Iterator[Server]:
    base = Path(tempfile.mkdtemp(prefix="thakur-e2e-git-"))
    # What the system trusts, and the authority of the repositories.
    bundle = base / "ca.pem"
    system = next(
        (
            path
            for path in map(Path, ("/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt"))
            if path.exists()
        ),
        None,
    )
    bundle.write_bytes((system.read_bytes() if system else b"") + repositories.certificates.authority.read_bytes())
    settings = {"SSL_CERT_FILE": str(bundle), "THAKUR_GIT_HOSTS": "public,localhost"}
    server = Server(base / "data", settings)
    server.start()
    try:
        yield server
    finally:
        server.stop()
        server.run("stop", check=False)
        shutil.rmtree(base, ignore_errors=True)


def test_a_repository_is_live_and_its_commit_is_built_once(server, repositories, shop, figures) -> None:
    url = repositories.url("shop.git")
    first = server.run("deploy", url, "--ref", "main", "--project", "shop", "--json").json()
    steps = server.steps("shop")

    again = server.run("deploy", "--git", "--project", "shop", "--json").json()

    assert (first["status"], again["status"]) == ("active", "active")
    assert server.get("shop").status == 200
    newest, oldest = server.builds("shop")
    assert newest["source"]["commit"] == oldest["source"]["commit"] == shop
    assert [step["name"] for step in newest["steps"]] == ["resolve", "reuse"]
    figures.add(f"git: first {first['seconds']} s, again {again['seconds']} s; steps {steps}")


def test_a_private_repository_needs_its_token_which_is_nowhere_kept_in_the_clear(server, repositories, shop) -> None:
    url = repositories.url("private/shop.git")
    refused = server.run("deploy", url, "--project", "private", check=False)
    done = server.run("deploy", url, "--project", "private", "--git-token-file", "-", text=f"{TOKEN}\n")

    assert refused.status == 1
    assert "--git-token-file" in refused.err
    assert done.out.startswith("http://private.localhost")
    kept = [path for path in server.data_dir.rglob("*") if path.is_file() and not path.is_symlink()]
    assert not [path for path in kept if TOKEN.encode() in path.read_bytes()]
    assert TOKEN not in server.log.read_text() + refused.err + done.err


def test_a_redirect_to_a_private_address_is_refused_and_nobody_is_asked(server, repositories, shop) -> None:
    repositories.requests.clear()
    url = repositories.url(f"to/127.0.0.1:{repositories.port}/shop.git")

    done = server.run("deploy", url, "--project", "elsewhere", check=False)

    assert done.status == 1
    assert "127.0.0.1 may not be reached by git" in done.err
    assert "THAKUR_GIT_HOSTS" in done.err
    assert len(repositories.requests) == 1


def _files(folder: Path) -> dict[str, object]:
    names = sorted(path for path in folder.iterdir() if path.name != "node_modules")
    return {path.name: _files(path) if path.is_dir() else path.read_bytes() for path in names}
