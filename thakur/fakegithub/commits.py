"""What git says of a repository of the stand-in."""

import asyncio
import os
from pathlib import Path
from typing import NamedTuple

GIT_ENV = {"GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": "/dev/null", "HOME": "/nonexistent"}
GIT_SECONDS = 30.0
ZERO = "0" * 40


class Commit(NamedTuple):
    """A commit in its own words."""

    sha: str
    author: str
    email: str
    at: str
    message: str


async def git(path: Path, *words: str) -> str:
    """What git answers in the repository; empty where it fails."""
    env = {"PATH": os.defpath} | GIT_ENV
    running = await asyncio.create_subprocess_exec(
        "git", *words, cwd=path, env=env, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL
    )
    out, _ = await asyncio.wait_for(running.communicate(), GIT_SECONDS)
    return out.decode(errors="replace") if running.returncode == 0 else ""


async def make(path: Path, default_branch: str) -> None:
    """An empty repository that takes pushes over HTTP and gives any commit by its id."""
    path.mkdir(parents=True)
    await git(path, "init", "-q", "--bare", f"--initial-branch={default_branch}")
    for name, value in (("http.receivepack", "true"), ("uploadpack.allowAnySHA1InWant", "true")):
        await git(path, "config", name, value)


async def refs(path: Path) -> dict[str, str]:
    """Every ref's object by its full name."""
    lines = (await git(path, "for-each-ref", "--format=%(objectname) %(refname)")).splitlines()
    return {name: sha for sha, _, name in (line.partition(" ") for line in lines)}


async def branches(path: Path) -> dict[str, str]:
    """Every branch's commit."""
    found = await refs(path)
    return {name.removeprefix("refs/heads/"): sha for name, sha in found.items() if name.startswith("refs/heads/")}


async def commit_of(path: Path, sha: str) -> Commit:
    """The commit that the object is or leads to."""
    said = await git(path, "log", "-1", "--format=%H%n%an%n%ae%n%aI%n%B", sha)
    full, author, email, at, *message = said.split("\n")
    return Commit(full, author, email, at, "\n".join(message).strip())


async def between(path: Path, before: str, after: str) -> list[str]:
    """The commits that a push has brought, oldest first."""
    span = after if before == ZERO else f"{before}..{after}"
    return (await git(path, "rev-list", "--reverse", "--max-count=2048", span)).split()


async def is_forced(path: Path, before: str, after: str) -> bool:
    """Whether history was left behind."""
    return before != ZERO and (await git(path, "merge-base", before, after)).strip() != before
