"""Judging a commit that was pushed: it is built, or held back with a reason that people are shown."""

from datetime import UTC, datetime, timedelta

from thakur.errors import Forbidden
from thakur.github import Commits, Head, NotPermitted
from thakur.installations import Held, Track, any_is_meant
from thakur.projects import Project
from thakur.webhooks.filters.skipping import asks_to_be_skipped
from thakur.webhooks.filters.surroundings import Surroundings
from thakur.webhooks.filters.verdicts import verdict

SUBJECT_CHARACTERS = 200
# A commit whose checks are not there yet is given them; whose checks are never done is not looked at so often any more.
GRACE = timedelta(seconds=60)
DEADLINE = timedelta(hours=1)
BEGIN_EVERY = timedelta(seconds=10)
WAIT_EVERY = timedelta(seconds=30)


class ChecksHidden(Forbidden):
    """The App may not see the checks that a project waits for."""

    code = "github_checks_hidden"


class Filtering:
    """Asks GitHub for what a project's filters need to know, and no more."""

    def __init__(self) -> None:
        self._surroundings = Surroundings()

    async def judge(self, commits: Commits, project: Project, track: Track, head: Head) -> Held | None:
        """Why it is not built now, or None when it is. Raises what GitHub's client does, ChecksHidden."""
        if head.sha == track.anyway:
            return None
        if asks_to_be_skipped(head.message):
            return _held(head, "Its message asks not to be built.")
        if track.built is not None and await self._is_untouched(commits, project, track, head.sha):
            return _held(head, f"Nothing that {project.name} is built from has changed since {track.built[:7]}.")
        if track.is_production and track.connection.filters.wait_for_checks:
            return await _checked(commits, track, head)
        return None

    async def _is_untouched(self, commits: Commits, project: Project, track: Track, sha: str) -> bool:
        root = "" if project.settings.root in (None, ".") else project.settings.root
        paths = track.connection.filters.paths
        if track.built is None or not (paths or root):
            return False
        changed = await commits.changed(track.built, sha)
        if changed is None:
            return False
        if paths:
            return not any_is_meant(paths, changed)
        return not await self._surroundings.touch(commits, sha, root, changed)


async def _checked(commits: Commits, track: Track, head: Head) -> Held | None:
    try:
        found = verdict(await commits.checks(head.sha))
    except NotPermitted as error:
        raise ChecksHidden(
            f"The App may not read the checks that this project waits for: {error.message}",
            hint="Grant it Checks: read and Commit statuses: read in its settings on GitHub, and accept that where it is"
            " installed; or wait for no checks: thakur github filters --no-checks.",
        ) from error
    now = datetime.now(UTC)
    before = track.held
    since = before.since if before and before.by_checks and before.commit == head.sha else now
    if found.state == "failed":
        return _held(head, f"{found.why}.", since, by_checks=True)
    if found.state == "pending" and now - since < DEADLINE:
        return _held(head, f"{found.why}.", since, is_waiting=True, by_checks=True)
    if found.state == "pending":
        return _held(head, f"After an hour {found.why[0].lower()}{found.why[1:]}.", since, by_checks=True)
    if found.state == "none" and now - since < GRACE:
        return _held(head, "No check has begun yet.", since, is_waiting=True, by_checks=True)
    return None


def again_after(held: Held | None) -> timedelta | None:
    """When to look again at what waits; None is the usual time."""
    if held is None or held.status != "waiting":
        return None
    return BEGIN_EVERY if datetime.now(UTC) - held.since < GRACE else WAIT_EVERY


def _held(
    head: Head, why: str, since: datetime | None = None, *, is_waiting: bool = False, by_checks: bool = False
) -> Held:
    return Held(
        commit=head.sha,
        message=head.message.partition("\n")[0][:SUBJECT_CHARACTERS],
        author=head.author[:SUBJECT_CHARACTERS],
        status="waiting" if is_waiting else "skipped",
        why=why,
        since=since or datetime.now(UTC),
        by_checks=by_checks,
    )
