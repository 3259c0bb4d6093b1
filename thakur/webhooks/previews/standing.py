"""How previews stand: what was built last in each, what serves, and what is waited for."""

from collections.abc import Callable, Collection

import msgspec

from thakur.accounts import Principal, Role
from thakur.builds import Build, Builds, BuildStatus
from thakur.installations import Track, Tracks
from thakur.projects import Environments, Projects
from thakur.runtime import Deployment, DeploymentStatus, Runtime
from thakur.webhooks.previews.interface import Preview, PreviewStatus

# Looks only; the projects are those of the tracks.
READER = Principal(actor="GitHub", team_id=0, roles={0: Role.VIEWER})

_S, _B, _D = PreviewStatus, BuildStatus, DeploymentStatus
_BUILDS = {
    _B.QUEUED: _S.BUILDING,
    _B.RUNNING: _S.BUILDING,
    _B.SUCCEEDED: _S.DEPLOYING,
    _B.FAILED: _S.FAILED,
    _B.CANCELED: _S.ENDED,
    _B.SUPERSEDED: _S.BUILDING,
}
_DEPLOYMENTS = {
    _D.QUEUED: _S.DEPLOYING,
    _D.STARTING: _S.DEPLOYING,
    _D.CHECKING: _S.DEPLOYING,
    _D.ACTIVE: _S.LIVE,
    _D.STANDBY: _S.LIVE,
    _D.FAILED: _S.FAILED,
}


class Standings:
    """Looks at many at once. `url` is where a project's preview answers, by the project's name and the label."""

    def __init__(
        self,
        tracks: Tracks,
        projects: Projects,
        environments: Environments,
        builds: Builds,
        runtime: Runtime,
        url: Callable[[str, str], str],
    ) -> None:
        self._tracks = tracks
        self._projects = projects
        self._environments = environments
        self._builds = builds
        self._runtime = runtime
        self._url = url
        # Names never change, and ids are not given twice.
        self._names: dict[int, str] = {}

    async def of(self, project_ids: Collection[int]) -> list[Preview]:
        """Those of these projects that somebody wants."""
        tracks = [each for each in await self._tracks.of(project_ids) if not each.is_production]
        tracks = [each for each in tracks if each.declined is None or each.waits is not None]
        if not tracks:
            return []
        every = await self._environments.previews(project_ids)
        places = {(each.project_id, each.label): each.id for each in every}
        ids = list(places.values())
        builds = await self._builds.newest(READER, ids)
        newest, live = await self._runtime.newest(READER, ids), await self._runtime.live(READER, ids)
        found = []
        for track in tracks:
            place = places.get((track.project_id, track.label), 0)
            name = await self._name(track.project_id)
            shown = _shown(track, builds.get(place), newest.get(place), live.get(place))
            found.append(msgspec.structs.replace(shown, project=name, url=self._url(name, track.label)))
        return sorted(found, key=lambda each: (each.project_id, each.status is not _S.WAITING))

    async def _name(self, project_id: int) -> str:
        if project_id not in self._names:
            self._names[project_id] = (await self._projects.by_id(project_id)).name
        return self._names[project_id]


def _shown(track: Track, build: Build | None, newest: Deployment | None, live: Deployment | None) -> Preview:
    number = max((told.number for told in (build, newest) if told is not None), default=None)
    deployment = newest if newest is not None and newest.number == number else None
    status, why = _standing(track, build, deployment, live)
    told = build or newest
    return Preview(
        project_id=track.project_id,
        project="",
        label=track.label,
        branch=track.branch,
        pull_request=track.pull_request,
        title=track.title,
        url="",
        status=status,
        why=why,
        commit=track.built,
        waits_for=track.waits,
        approves_all=track.approves_all,
        number=number,
        live=live.number if live else None,
        at=told.created_at if told else None,
    )


def _standing(
    track: Track, build: Build | None, deployment: Deployment | None, live: Deployment | None
) -> tuple[PreviewStatus, str]:
    if track.waits is not None:
        return _S.WAITING, "It comes from a fork, and is built when somebody has approved it."
    if track.trouble:
        return (_S.LIVE if live else _S.HELD), track.trouble
    if track.held is not None and track.held.commit != track.built:
        return _S.HELD, track.held.why
    if deployment is not None:
        failure = deployment.failure.what if deployment.failure else ""
        return _DEPLOYMENTS.get(deployment.status, _S.LIVE if live else _S.ENDED), failure
    if build is not None:
        return _BUILDS[build.status], build.failure.what if build.failure else ""
    return _S.NEW, ""
