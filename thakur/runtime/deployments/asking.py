"""What a person may ask of deployments: bring one back, deploy it anew, restart it, cancel it."""

from collections.abc import Sequence

from thakur.accounts import Action, Principal
from thakur.builds import Artifact, Builds
from thakur.logs import Entry, Level, Logs
from thakur.projects import Projects
from thakur.queue import ROLLOUTS, Queue
from thakur.runtime.deployments import refusals
from thakur.runtime.deployments.rows import plain
from thakur.runtime.deployments.store import ROLLING_OUT, UNFINISHED, Displaced, Wanted
from thakur.runtime.interface import Deployment, RolloutUnderWay
from thakur.runtime.rollouts.interrupts import Interrupts
from thakur.runtime.rollouts.told import broken_off
from thakur.runtime.service import LocalRuntime
from thakur.runtime.statuses import Reason


class LocalRollouts:
    """Implements Rollouts on the database; rollouts of this process are reached at once, others by their lease."""

    def __init__(
        self,
        runtime: LocalRuntime,
        projects: Projects,
        builds: Builds,
        logs: Logs,
        queue: Queue,
        interrupts: Interrupts,
    ) -> None:
        self._runtime = runtime
        self._store = runtime.store
        self._projects = projects
        self._builds = builds
        self._logs = logs
        self._queue = queue
        self._interrupts = interrupts

    async def rollback(self, principal: Principal, project_id: int, number: int) -> Deployment:
        await self._projects.authorize(principal, project_id, Action.DEPLOY)
        deployment = await self._runtime.get(principal, project_id, number)
        if deployment.reason is Reason.ROLLBACK and deployment.status in ROLLING_OUT:
            return deployment
        refusals.check_rollback(deployment, await self._artifact(deployment))
        displaced = await self._store.bring_back(deployment.id, principal)
        if displaced is None:
            raise RolloutUnderWay(
                f"Another rollout of {deployment.environment} began in this moment.",
                hint="Look at it with: thakur deployments. Then ask again.",
            )
        text = f"{principal.actor} brings #{number} back; it was {deployment.status}."
        deployment = await self._begin_log(principal, deployment, text)
        await self._give_way(displaced, f"#{number} was brought back and took this one's place.")
        await self._queue.wake(ROLLOUTS)
        return deployment

    async def redeploy(self, principal: Principal, project_id: int, number: int, environment: str) -> Deployment:
        await self._projects.authorize(principal, project_id, Action.DEPLOY)
        origin = await self._runtime.get(principal, project_id, number)
        refusals.check_environment(origin, environment)
        refusals.check_artifact(origin, await self._artifact(origin))
        new = await self._projects.take_number(project_id)
        place = await self._projects.environment(project_id, environment)
        stream_id = await self._logs.open_build(project_id, new, place.id)
        text = f"{principal.actor} deploys the artifact of #{number} again, with the env vars and settings of now."
        await self._logs.append(stream_id, [Entry(text, Level.DEPLOY)])
        await self._runtime.queue_up(
            Wanted(
                project_id=project_id,
                environment_id=place.id,
                number=new,
                artifact_id=origin.artifact_id,
                plan=None if origin.plan is None else plain(origin.plan),
                build_id=None,
                log_stream_id=stream_id,
                branch=origin.branch,
                requested_by=principal.actor,
                user_id=principal.user_id,
                reason=Reason.REDEPLOY,
            ),
        )
        return await self._runtime.get(principal, project_id, new)

    async def restart(self, principal: Principal, project_id: int, number: int) -> Deployment:
        await self._projects.authorize(principal, project_id, Action.DEPLOY)
        deployment = await self._runtime.get(principal, project_id, number)
        if deployment.is_restarting:
            return deployment
        refusals.check_restart(deployment, await self._artifact(deployment))
        if not await self._store.ask_restart(deployment.id):
            raise refusals.not_active(await self._runtime.get(principal, project_id, number))
        deployment = await self._begin_log(principal, deployment, f"{principal.actor} restarts #{number}.")
        await self._queue.wake(ROLLOUTS)
        return deployment

    async def cancel(self, principal: Principal, project_id: int, number: int) -> Deployment:
        await self._projects.authorize(principal, project_id, Action.DEPLOY)
        deployment = await self._runtime.get(principal, project_id, number)
        is_ended = await self._store.cancel(deployment.id)
        if not is_ended and not await self._store.cancel_restart(deployment.id, broken_off(number)):
            raise refusals.nothing_to_cancel(await self._runtime.get(principal, project_id, number))
        await self._give_way([Displaced(deployment.id, deployment.log_stream_id)], f"Canceled by {principal.actor}.")
        await self._queue.wake(ROLLOUTS)
        return await self._runtime.get(principal, project_id, number)

    async def _artifact(self, deployment: Deployment) -> Artifact:
        return await self._builds.artifact(deployment.project_id, deployment.artifact_id)

    async def _begin_log(self, principal: Principal, deployment: Deployment, text: str) -> Deployment:
        await self._logs.open_build(deployment.project_id, deployment.number)
        await self._logs.append(deployment.log_stream_id, [Entry(text, Level.DEPLOY)])
        now = await self._runtime.get(principal, deployment.project_id, deployment.number)
        if now.status not in UNFINISHED and not now.is_restarting:
            # A worker was faster than this and had ended the log before it was opened here.
            await self._logs.end(deployment.log_stream_id)
        return now

    async def _give_way(self, displaced: Sequence[Displaced], text: str) -> None:
        for one in displaced:
            await self._logs.append(one.log_stream_id, [Entry(text, Level.WARNING)])
        # After the line, because a rollout that is broken off ends its log.
        self._interrupts.interrupt(one.id for one in displaced)
