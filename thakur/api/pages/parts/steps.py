"""The steps of one number, from its source to its visitors, as its page shows them."""

from datetime import datetime

import msgspec

from thakur.api.pages.parts.history import Chapter
from thakur.builds import Step
from thakur.runtime import DeploymentStatus

WAITING, RUNNING, DONE, REUSED, SKIPPED, FAILED = "waiting", "running", "done", "reused", "skipped", "failed"
_BUILD = {"clone": "Clone", "unpack": "Upload", "install": "Install", "build": "Build", "package": "Package"}
_ROLLOUT = {"start": "Start", "check": "Health check", "switch": "Switch"}
_NOW = {DeploymentStatus.STARTING: "start", DeploymentStatus.CHECKING: "check"}


class Shown(msgspec.Struct, frozen=True, kw_only=True):
    """A step: its name for people, its state, how long it took or since when it runs."""

    name: str
    state: str
    seconds: float | None = None
    since: datetime | None = None


def steps_of(chapter: Chapter) -> list[Shown]:
    """All seven, or only the rollout's for a deployment that was made of an artifact that was there."""
    rollout = [_rollout_step(chapter, name) for name in _ROLLOUT]
    if chapter.build is None:
        return rollout
    first = "unpack" if chapter.build.source.kind == "upload" else "clone"
    return [_build_step(chapter, name) for name in (first, "install", "build", "package")] + rollout


def _build_step(chapter: Chapter, name: str) -> Shown:
    build = chapter.build
    assert build is not None
    known = {step.name: step for step in build.steps}
    # What was looked at in between belongs to the arrival.
    arrival = known.get("resolve") or known.get("detect") if name in ("unpack", "clone") else None
    step = known.get(name) or arrival
    if "reuse" in known:
        return Shown(name=_BUILD[name], state=REUSED, seconds=known["reuse"].seconds if name == "package" else None)
    if step is None:
        return Shown(name=_BUILD[name], state=SKIPPED if build.status.has_ended else WAITING)
    is_last = step is build.steps[-1]
    has_failed = build.failure is not None and is_last
    state = RUNNING if step.seconds is None else FAILED if has_failed else _done(chapter, name)
    return Shown(name=_BUILD[name], state=state, seconds=step.seconds, since=step.began_at)


def _done(chapter: Chapter, name: str) -> str:
    plan = chapter.build.plan if chapter.build else None
    if plan is None:
        return DONE
    has_nothing_to_do = (name == "install" and plan.install is None) or (name == "build" and plan.build is None)
    return SKIPPED if has_nothing_to_do else DONE


def _rollout_step(chapter: Chapter, name: str) -> Shown:
    deployment = chapter.deployment
    if deployment is None:
        has_ended = chapter.build is not None and chapter.build.status.has_ended and not chapter.is_under_way
        return Shown(name=_ROLLOUT[name], state=SKIPPED if has_ended else WAITING)
    known: dict[str, Step] = {step.name: step for step in deployment.steps}
    if name in known:
        is_last = known[name] is deployment.steps[-1]
        has_failed = deployment.failure is not None and is_last
        return Shown(name=_ROLLOUT[name], state=FAILED if has_failed else DONE, seconds=known[name].seconds)
    if _NOW.get(deployment.status) == name:
        return Shown(name=_ROLLOUT[name], state=RUNNING, since=deployment.started_at)
    if deployment.status is DeploymentStatus.CHECKING and name == "start":
        return Shown(name=_ROLLOUT[name], state=DONE)
    return Shown(name=_ROLLOUT[name], state=WAITING if chapter.is_under_way else SKIPPED)


def sentence(chapter: Chapter, position: int | None = None, still_active: int | None = None) -> str:
    """What is waited for, and what serves meanwhile."""
    serves = f" #{still_active} goes on serving." if still_active and still_active != chapter.number else ""
    running = next((step for step in steps_of(chapter) if step.state == RUNNING), None)
    if running is not None:
        return f"{running.name} runs.{serves}"
    if chapter.is_under_way and chapter.deployment is None:
        place = f" {position - 1} before it." if position and position > 1 else ""
        return f"Waiting for a worker.{place}{serves}"
    if chapter.is_under_way:
        return f"Waiting for its rollout.{serves}"
    return ""
