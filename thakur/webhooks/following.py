"""Following builds and deployments of pushes, so that GitHub is told where they stand."""

from collections import defaultdict

from thakur.accounts import Principal, Role
from thakur.builds import BuildNotFound, Builds
from thakur.installations import Connections, Report, Reports
from thakur.projects import Environments
from thakur.runtime import Deployment, DeploymentNotFound, Runtime
from thakur.webhooks.outcomes import Outcome, outcome

# Looks only; the projects are those of the reports.
READER = Principal(actor="GitHub", team_id=0, roles={0: Role.VIEWER})


class Following:
    """`look` is called at every wake and every second."""

    def __init__(
        self,
        connections: Connections,
        environments: Environments,
        builds: Builds,
        runtime: Runtime,
        reports: Reports,
    ) -> None:
        self._connections = connections
        self._environments = environments
        self._builds = builds
        self._runtime = runtime
        self._reports = reports

    async def look(self) -> bool:
        """Note what has changed; whether there is something to tell."""
        living: defaultdict[int, list[Report]] = defaultdict(list[Report])
        for each in await self._reports.living():
            living[each.project_id].append(each)
        project_ids = [each.project_id for each in await self._connections.every()]
        if not project_ids and not living:
            return False
        every = await self._environments.every({*project_ids, *living})
        live = await self._runtime.live(READER, [each.id for each in every])
        active = {(each.project_id, each.number): each for each in live.values()}
        changed = [
            await self._note(report, active.get((report.project_id, report.number)))
            for each in living.values()
            for report in each
        ]
        for (project_id, number), deployment in active.items():
            if number not in [each.number for each in living[project_id]]:
                # One that was brought back.
                for report in await self._reports.of(project_id, [number]):
                    changed.append(await self._note(report, deployment))  # noqa: PERF401
        return any(changed)

    async def _note(self, report: Report, active: Deployment | None) -> bool:
        found, url = (Outcome("success", "Live"), active.url) if active is not None else await self._outcome(report)
        if (found.state, found.description) == (report.state, report.description):
            return False
        return await self._reports.tell(report, found.state, found.description, url)

    async def _outcome(self, report: Report) -> tuple[Outcome, str]:
        try:
            build = await self._builds.get(READER, report.project_id, report.number)
        except BuildNotFound:
            return Outcome("inactive", "It is no longer kept"), ""
        try:
            deployment = await self._runtime.get(READER, report.project_id, report.number)
        except DeploymentNotFound:
            return outcome(build, None), ""
        found = outcome(build, deployment)
        # It may have gone live since all that is live was looked up.
        return found, deployment.url if found.state == "success" else ""
