"""The simulated GitHub of the demo: one person with two repositories, and a clone of each to push from."""

import asyncio
import os
import shutil
import subprocess
import time
from pathlib import Path
from typing import Any, Self

from examples.demo.server import EXAMPLES
from thakur.fakegithub import FakeGitHub, FakeRepository

LOGIN = "demo"
# Somebody else, who may read the repositories and propose changes.
GUEST = "guest"
# The repository's name, and the example that it holds.
REPOSITORIES = {"hello": "hono", "page": "plain"}


class SimulatedGitHub:
    """Serves for the length of its block."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._github = FakeGitHub(directory / "repositories")
        # Pages ask before they do what an App would like, and a webhook may lead to this host.
        self._github.state.asks = True
        self._github.state.takes_local_hooks = True
        self._pushed: dict[str, float] = {}

    @property
    def url(self) -> str:
        return self._github.url

    def clone(self, name: str) -> Path:
        return self._directory / "clones" / name

    async def __aenter__(self) -> Self:
        await self._github.__aenter__()
        return self

    async def __aexit__(self, *error: object) -> None:
        await self._github.__aexit__(*error)

    async def fill(self) -> None:
        """Put the examples there, as a person would: by pushing them."""
        # Whoever goes to GitHub to connect something is signed in there.
        self._github.pages.sessions.at_first = self._github.state.people.user(LOGIN, "Demo")
        guest = self._github.state.people.user(GUEST, "Guest")
        for name, example in REPOSITORIES.items():
            repository = await self._github.add_repository(f"{LOGIN}/{name}")
            repository.collaborators[guest.id] = "read"
            await asyncio.to_thread(self._push, self.clone(name), EXAMPLES / example, repository)
        self._github.pushes.followers.append(self._note_push)

    def pushed_at(self, commit: str) -> float | None:
        """When a commit came; nothing of those that were there from the beginning."""
        return self._pushed.get(commit)

    def _note_push(self, *told: Any) -> None:
        _repository, _branch, _before, after, _by = told
        self._pushed[after] = time.monotonic()

    def _push(self, clone: Path, example: Path, repository: FakeRepository) -> None:
        kept = shutil.ignore_patterns("node_modules", ".git")
        shutil.copytree(example, clone, ignore=kept)
        for words in (
            ("init", "--quiet", "--initial-branch", "main"),
            ("config", "user.name", "Demo"),
            ("config", "user.email", f"{LOGIN}@example.com"),
            ("config", "commit.gpgsign", "false"),
            ("remote", "add", "origin", self._github.push_url(repository, LOGIN)),
            ("add", "--all"),
            ("commit", "--quiet", "--message", "Begin"),
            ("push", "--quiet", "--set-upstream", "origin", "main"),
        ):
            subprocess.run(["git", "-C", str(clone), *words], check=True, env=_git_env())


def _git_env() -> dict[str, str]:
    # Somebody's own settings are theirs, and no password is ever asked for.
    own = {"GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": os.devnull, "GIT_TERMINAL_PROMPT": "0"}
    return {name: value for name, value in os.environ.items() if not name.startswith("GIT_")} | own
