"""Looking: what detection makes of a repository before anything of it is built, for whoever may want to deploy it."""

import asyncio
import os
import secrets
import threading
from pathlib import Path

from thakur.accounts import Action, Principal
from thakur.builds.asked import GitSource, Source
from thakur.builds.detection.detect import decide
from thakur.builds.detection.tree import read_tree
from thakur.builds.interface import LooksTaken, Planned, UploadInvalid, UploadTooLarge
from thakur.builds.sources.unpack import unpack_tar
from thakur.builds.workspaces.disk import remove_tree
from thakur.builds.workspaces.threads import in_thread
from thakur.git import (
    Commit,
    FetchFailed,
    Git,
    GitRefused,
    GitRules,
    Resolved,
    Wanted,
    Workplace,
    check_ref,
    check_url,
    folder_of,
)
from thakur.projects import Overrides

ARCHIVE = "tree.tar"
LOOK_SECONDS = 60.0
# Each may unpack as much as a build.
MOST_LOOKS = 2


class LocalPlans:
    """Implements Plans: fetches into a directory of its own below `directory`, as `uid`, and leaves nothing there."""

    def __init__(self, git: Git, rules: GitRules, directory: Path, uid: int, *, owns_files: bool) -> None:
        self._git = git
        self._rules = rules
        self._directory = directory
        self._uid = uid
        self._owner = uid if owns_files else None
        self._looks = 0

    async def look(self, principal: Principal, asked: GitSource, token: str, settings: Overrides) -> Planned:
        principal.require(Action.CREATE_PROJECT, principal.team_id)
        url = check_url(asked.url, self._rules)
        wanted = Wanted(url=url, ref=check_ref(asked.ref), token=token)
        if self._looks >= MOST_LOOKS:
            raise LooksTaken("Other repositories are just being looked at", hint="Try again in a moment.")
        self._looks += 1
        place = await asyncio.to_thread(self._make)
        try:
            return await self._look(wanted, place, settings)
        finally:
            self._looks -= 1
            await asyncio.shield(asyncio.to_thread(remove_tree, place))

    def recover(self) -> None:
        """Remove what a crash left behind. Only before the first look."""
        remove_tree(self._directory)

    async def _look(self, wanted: Wanted, place: Path, settings: Overrides) -> Planned:
        try:
            async with asyncio.timeout(LOOK_SECONDS):
                resolved = await self._git.resolve(wanted, self._workplace(place, "resolve"))
                commit = await self._fetch(wanted, resolved, place)
                decision = await asyncio.to_thread(lambda: decide(read_tree(place / "tree"), settings))
        except TimeoutError as error:
            raise FetchFailed(
                "slow",
                f"{wanted.url} was not fetched within {LOOK_SECONDS:.0f} s",
                "A first look has less time than a build.",
                "Create the project by its name, and deploy the repository from a terminal.",
            ) from error
        source = Source(
            kind="git",
            url=wanted.url,
            ref=wanted.ref,
            folder=folder_of(wanted.url),
            commit=commit.id,
            message=commit.subject,
            author=commit.author,
        )
        return Planned(source=source, plan=decision.effective)

    async def _fetch(self, wanted: Wanted, resolved: Resolved, place: Path) -> Commit:
        workplace = self._workplace(place, "fetch")
        commit = await self._git.fetch(wanted, resolved, workplace, ARCHIVE, lambda _line: None)
        canceled = threading.Event()
        try:
            await in_thread(canceled, unpack_tar, workplace.directory / ARCHIVE, place / "tree", self._owner, canceled)
        except (UploadInvalid, UploadTooLarge) as error:
            raise GitRefused(error.message, hint=error.hint, field="url") from error
        return commit

    def _make(self) -> Path:
        self._directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        # The sandbox is called like it, and takes letters and digits only.
        place = self._directory / f"look-{secrets.token_hex(6)}"
        place.mkdir(mode=0o755)
        return place

    def _workplace(self, place: Path, name: str) -> Workplace:
        directory = place / name
        directory.mkdir(mode=0o755)
        if self._owner is not None:
            os.chown(directory, self._owner, self._owner)
        return Workplace(name=f"{place.name}-{name}", directory=directory, uid=self._uid, seconds=LOOK_SECONDS)
