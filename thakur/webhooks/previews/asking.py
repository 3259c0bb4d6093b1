"""What a person may ask of previews."""

from collections.abc import Collection, Mapping
from typing import Any

from thakur.accounts import Action, Principal
from thakur.git import check_ref
from thakur.installations import Connections, PreviewRules, Surveys, Track, Tracks
from thakur.projects import Environments, Projects, Repositories
from thakur.webhooks.acting import production_of
from thakur.webhooks.previews.branches import Branches
from thakur.webhooks.previews.due import may_have_one, room_for
from thakur.webhooks.previews.interface import Preview, PreviewNotFound, PreviewRefused, PreviewsShown
from thakur.webhooks.previews.standing import Standings


class LocalPreviews:
    """Implements Previews."""

    def __init__(
        self,
        projects: Projects,
        repositories: Repositories,
        environments: Environments,
        connections: Connections,
        tracks: Tracks,
        surveys: Surveys,
        branches: Branches,
        standings: Standings,
    ) -> None:
        self._projects = projects
        self._repositories = repositories
        self._environments = environments
        self._connections = connections
        self._tracks = tracks
        self._surveys = surveys
        self._branches = branches
        self._standings = standings

    async def of(self, project_ids: Collection[int]) -> list[Preview]:
        return await self._standings.of(project_ids)

    async def show(self, principal: Principal, project_id: int) -> PreviewsShown:
        await self._projects.authorize(principal, project_id, Action.READ)
        return PreviewsShown(
            rules=await self._surveys.rules(project_id),
            previews=tuple(await self._standings.of([project_id])),
            trouble=await self._surveys.trouble(project_id),
        )

    async def begin(self, principal: Principal, project_id: int, branch: str) -> None:
        await self._projects.authorize(principal, project_id, Action.DEPLOY)
        rules = await self._surveys.rules(project_id)
        connection = (await self._connections.of([project_id]))[project_id]
        production = production_of(connection, await self._repositories.of([project_id]))
        tracks = await self._tracks.of([project_id])
        if not branch or production is None or not may_have_one(rules, branch, production):
            raise PreviewRefused(
                f"{branch[:100]} has no preview by the rules of this project",
                hint="Production's branch has none; thakur previews rules shows which branches may have one.",
                field="branch",
            )
        known = next((each for each in tracks if each.branch == branch), None)
        if known is not None:
            await self._tracks.want(known.id)
            return
        if room_for(rules, tracks) == 0:
            raise PreviewRefused(
                f"The project has {rules.limit} previews, as many as its rules allow",
                hint="Delete one, or raise the limit: thakur previews rules limit=N.",
            )
        await self._branches.begin(project_id, check_ref(branch), principal.actor)

    async def approve(self, principal: Principal, project_id: int, label: str, commit: str, *, every: bool) -> None:
        track = await self._track(principal, project_id, label)
        await self._tracks.approve(principal, track, commit, every=every)

    async def remove(self, principal: Principal, project_id: int, label: str) -> None:
        track = await self._track(principal, project_id, label)
        if (commit := track.waits or track.asked) is None:
            await self._tracks.end(track.id)
        else:
            await self._tracks.decline(principal, track, commit)
        await self._environments.remove(project_id, track.label)

    async def change_rules(self, principal: Principal, project_id: int, changes: Mapping[str, Any]) -> PreviewRules:
        rules = await self._surveys.change_rules(principal, project_id, changes)
        tracks = await self._tracks.of([project_id])
        await self._tracks.look_soon([each.id for each in tracks if not each.is_production])
        return rules

    async def _track(self, principal: Principal, project_id: int, label: str) -> Track:
        await self._projects.authorize(principal, project_id, Action.DEPLOY)
        tracks = await self._tracks.of([project_id])
        found = next((each for each in tracks if each.label == label and not each.is_production), None)
        if found is None:
            raise PreviewNotFound(f"There is no preview {label[:100]}", hint="thakur previews lists them.")
        return found
