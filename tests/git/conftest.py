"""A git server, and git in a real sandbox."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from support.git_server import GitServer
from support.uids import ours
from thakur.git import Commit, GitRules, Wanted, Workplace
from thakur.git.local import Borders, LocalGit
from thakur.sandbox import LocalSandbox, root_name

TENANT = ours(645_000)


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[GitServer]:
    server = GitServer(tmp_path_factory.mktemp("git"))
    yield server
    server.stop()


class Fetching:
    """Git with short limits; `notes` are those of the last fetch, `archive` its tar."""

    def __init__(self, base: Path, server: GitServer) -> None:
        self.base = base
        self.hosts = ("localhost",)
        self.schemes = ("https",)
        self.passed = {"SSL_CERT_FILE": str(server.certificates.authority)}
        self.borders = Borders(
            unpacked_bytes=2_000_000, unpacked_entries=100, received_bytes=3_000_000, stall_seconds=1
        )
        self.sandbox = LocalSandbox(root_name(base))
        self.notes: list[str] = []
        self.seconds = 15.0
        self._runs = 0

    def git(self) -> LocalGit:
        rules = GitRules(schemes=self.schemes, hosts=self.hosts)
        return LocalGit(self.sandbox, rules, self.passed, self.borders)

    def place(self) -> Workplace:
        self._runs += 1
        directory = self.base / f"place-{self._runs}"
        directory.mkdir(mode=0o755)
        if os.geteuid() == 0:
            os.chown(directory, TENANT, TENANT)
        self.archive = directory / "tree.tar"
        return Workplace(name=f"fetch-{self._runs}", directory=directory, uid=TENANT, seconds=self.seconds)

    async def __call__(self, url: str, ref: str = "", token: str = "") -> Commit:
        git, wanted = self.git(), Wanted(url=url, ref=ref, token=token)
        resolved = await git.resolve(wanted, self.place())
        self.notes = []
        return await git.fetch(wanted, resolved, self.place(), "tree.tar", self.notes.append)


@pytest.fixture
def fetching(tmp_path: Path, server: GitServer) -> Fetching:
    return Fetching(tmp_path, server)
