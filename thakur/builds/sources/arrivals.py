"""Arrivals: how the files of a build come into its workspace, an upload unpacked or a commit fetched and unpacked."""

import asyncio
import hashlib
import os
import re
import threading
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeVar

import msgspec

from thakur.builds.asked import Source
from thakur.builds.attempts.attempt import Attempt
from thakur.builds.interface import Build, BuildFailed, DiskNearlyFull, Failure, UploadInvalid, UploadTooLarge
from thakur.builds.sources.credentials import Credential, Credentials
from thakur.builds.sources.unpack import Unpacked, unpack, unpack_tar
from thakur.builds.sources.uploads import Uploads
from thakur.builds.steps.command import Place
from thakur.builds.workspaces.disk import remove_tree
from thakur.builds.workspaces.threads import in_thread
from thakur.git import Commit, FetchFailed, Git, GitRefused, GitRules, Resolved, Wanted, Workplace
from thakur.logs import Level

Answer = TypeVar("Answer")

ARCHIVE = "tree.tar"
_ID = re.compile(r"[0-9a-f]{40}")


class Arrivals:
    """Unpacks what has come. `rules` say what git may reach: what is fetched depends on them."""

    def __init__(
        self, uploads: Uploads, git: Git, credentials: Credentials, rules: GitRules, *, owns_files: bool
    ) -> None:
        self._uploads = uploads
        self._git = git
        self.credentials = credentials
        self._rules = rules
        self._owns_files = owns_files

    async def resolve(self, attempt: Attempt, place: Place, credential: Credential) -> None:
        """Find out which commit a git source means, and note it in the attempt's build. Raises BuildFailed."""
        source = attempt.build.source
        if source.kind != "git":
            return
        if source.is_pinned and _ID.fullmatch(source.commit or ""):
            # Whoever pinned it has asked already, and a server gives any commit that it has by its id.
            attempt.resolved = Resolved(source.commit)
        else:
            async with attempt.step("resolve"):
                attempt.resolved = await self._resolved(source, place, credential)
        if (commit := attempt.resolved.commit) is not None:
            self._note_commit(attempt, commit)
            place.writer.write(f"{source.ref or 'HEAD'} of {source.url} is {commit[:7]}", Level.DEPLOY)

    async def arrive(self, attempt: Attempt, place: Place, credential: Credential) -> bool:
        """Fill the workspace; whether nothing was left out that may be there another time. Raises BuildFailed."""
        if attempt.build.source.kind == "git":
            return await self._clone(attempt, place, credential)
        await self._unpack(attempt.build, place)
        return True

    @staticmethod
    def tell_again(attempt: Attempt, before: Source) -> None:
        """Note of a commit that is not fetched, because its artifact is there, what was known of it then."""
        source = attempt.build.source
        if source.kind == "git":
            told = msgspec.structs.replace(source, message=before.message, author=before.author)
            attempt.build = msgspec.structs.replace(attempt.build, source=told)

    def remove_partial(self) -> None:
        """Remove what uploads that broke off left behind."""
        self._uploads.remove_partial()

    async def _unpack(self, build: Build, place: Place) -> None:
        archive = self._uploads.path(build.project_id, build.source.digest)
        canceled = threading.Event()
        try:
            found = await in_thread(canceled, unpack, archive, place.workspace, self._owner(place), canceled)
        except FileNotFoundError as error:
            raise BuildFailed(
                Failure(code="upload_missing", what="The upload is no longer on this host.", next="Deploy again.")
            ) from error
        except (UploadInvalid, UploadTooLarge) as error:
            raise BuildFailed(
                Failure(
                    code=error.code,
                    what=error.message,
                    why="An upload may hold files, directories, and links that stay inside it.",
                    next=error.hint or "Remove it from the folder, or name it in .gitignore, and deploy again.",
                )
            ) from error
        place.writer.write(f"Unpacked {_counted(found)}", Level.DEPLOY)

    async def _resolved(self, source: Source, place: Place, credential: Credential) -> Resolved:
        try:
            return await self._with_token(source, place, credential, self._git.resolve)
        except (FetchFailed, GitRefused) as error:
            raise _failed(error) from error

    async def _clone(self, attempt: Attempt, place: Place, credential: Credential) -> bool:
        async def fetch(wanted: Wanted, workplace: Workplace) -> tuple[Commit, Unpacked]:
            resolved = attempt.resolved or Resolved(None)
            commit = await self._git.fetch(wanted, resolved, workplace, ARCHIVE, note)
            return commit, await self._unpack_commit(workplace.directory / ARCHIVE, place)

        def note(line: str) -> None:
            place.writer.write(line, Level.WARNING)

        try:
            await self._uploads.check_free()
            commit, found = await self._with_token(attempt.build.source, place, credential, fetch)
        except (FetchFailed, GitRefused) as error:
            raise _failed(error) from error
        except DiskNearlyFull as error:
            raise BuildFailed(Failure(code=error.code, what=error.message, next=error.hint)) from error
        finally:
            await credential.give_back()
        self._note_commit(attempt, commit.id, commit.subject, commit.author)
        told = f"Cloned {commit.id[:7]} “{commit.subject}” by {commit.author}: {_counted(found)}"
        place.writer.write(told, Level.DEPLOY)
        return commit.is_whole

    async def _with_token(
        self,
        source: Source,
        place: Place,
        credential: Credential,
        ask: Callable[[Wanted, Workplace], Awaitable[Answer]],
    ) -> Answer:
        while True:
            workplace = _workplace(place, self._owner(place))
            wanted = _wanted(source, credential)
            try:
                return await ask(wanted, workplace)
            except FetchFailed as error:
                # Once: what is lent the second time is of the same kind.
                if error.cause != "credentials_refused" or wanted.token != credential.first:
                    raise
                if not await credential.renew():
                    raise
            finally:
                await _remove(workplace)

    async def _unpack_commit(self, archive: Path, place: Place) -> Unpacked:
        canceled = threading.Event()
        try:
            return await in_thread(canceled, unpack_tar, archive, place.workspace, self._owner(place), canceled)
        except (UploadInvalid, UploadTooLarge) as error:
            raise BuildFailed(
                Failure(
                    code="repository_refused",
                    what=error.message,
                    why="A repository may hold files, directories, and links that stay inside it.",
                    next="Remove it from the repository, commit, push and deploy again.",
                )
            ) from error

    def _note_commit(
        self, attempt: Attempt, commit: str, subject: str | None = None, author: str | None = None
    ) -> None:
        before = attempt.build.source
        source = msgspec.structs.replace(
            before,
            commit=commit,
            message=subject or before.message,
            author=author or before.author,
            digest=self._digest(before, commit),
        )
        attempt.build = msgspec.structs.replace(attempt.build, source=source)

    def _digest(self, source: Source, commit: str) -> str:
        # A commit names every file; where submodules and large files come from depends on the rest.
        words = (source.url, commit, *self._rules.schemes, "hosts", *self._rules.hosts)
        return hashlib.sha256("\n".join(words).encode()).hexdigest()

    def _owner(self, place: Place) -> int | None:
        return place.uid if self._owns_files else None


def _wanted(source: Source, credential: Credential) -> Wanted:
    ref = source.commit if source.is_pinned and source.commit else source.ref
    return Wanted(url=source.url, ref=ref, token=credential.token)


def _workplace(place: Place, owner: int | None) -> Workplace:
    directory = place.workspace.with_name(f"{place.workspace.name}.git")
    remove_tree(directory)
    directory.mkdir(mode=0o755)
    if owner is not None:
        os.chown(directory, owner, owner)
    return Workplace(name=place.name, directory=directory, uid=place.uid, seconds=place.deadline.left_seconds())


async def _remove(workplace: Workplace) -> None:
    await asyncio.shield(asyncio.to_thread(remove_tree, workplace.directory))


def _failed(error: FetchFailed | GitRefused) -> BuildFailed:
    if isinstance(error, FetchFailed):
        return BuildFailed(Failure(code=f"git_{error.cause}", what=error.message, why=error.why, next=error.hint))
    return BuildFailed(Failure(code=error.code, what=error.message, next=error.hint))


def _counted(found: Unpacked) -> str:
    size = found.size_bytes
    noun = "file" if found.files == 1 else "files"
    return f"{found.files:,} {noun} ({f'{size / 1000:.1f} kB' if size < 1_000_000 else f'{size / 1_000_000:.1f} MB'})"
