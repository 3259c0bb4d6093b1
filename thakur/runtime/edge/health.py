"""The health check: a real page, through the proxy, from the replica's own socket, twice in a row."""

import asyncio
from dataclasses import dataclass

from thakur.builds import Failure
from thakur.proxy import ProbeFailed, Proxy
from thakur.runtime.edge.diagnosis import ended_early, listens_beside, listens_elsewhere, never_healthy, never_listened
from thakur.runtime.edge.placement import Placement
from thakur.runtime.interface import Checked, DeploymentRefused

GOOD_ANSWERS = 2
# Looking for the socket asks nobody, so it may be done more often than asking for a page.
LISTENS_SECONDS = 0.02
OFTEN_SECONDS = 0.1
OFTEN_FOR_SECONDS = 5.0
SELDOM_SECONDS = 1.0
ANSWER_SECONDS = 30.0
# A port for metrics may open well before the port for visitors does.
WRONG_PORT_SECONDS = 10.0


@dataclass(slots=True)
class _Course:
    began_at: float
    attempts: int = 0
    is_asked: bool = False
    good: int = 0
    status: int = 0
    seconds: float = 0.0
    elsewhere_since: float | None = None
    latest: Failure | None = None


async def check_health(proxy: Proxy, placement: Placement) -> Checked:
    """Return at the second good answer in a row.

    Raises DeploymentRefused as soon as a replica ends, or has been listening somewhere else for long, or at the deadline.
    """
    now = asyncio.get_running_loop().time
    check = placement.order.health
    course = _Course(began_at=now())
    while True:
        _refuse_if_ended(placement)
        left = course.began_at + check.within_seconds - now()
        await _look(proxy, placement, course, min(max(left, OFTEN_SECONDS), ANSWER_SECONDS))
        passed = now() - course.began_at
        if course.good == GOOD_ANSWERS * max(len(placement.replicas), 1):
            return Checked(status=course.status, attempts=course.attempts, seconds=passed)
        if course.latest is not None and (passed >= check.within_seconds or _is_settled_elsewhere(course, now())):
            _refuse_if_ended(placement)
            raise DeploymentRefused(course.latest, placement.last_lines())
        await _pause(placement, _interval(course, passed))


def _refuse_if_ended(placement: Placement) -> None:
    for replica in placement.replicas:
        if replica.exit is not None:
            raise DeploymentRefused(ended_early(replica.exit, placement.order), placement.last_lines())


async def _look(proxy: Proxy, placement: Placement, course: _Course, within_seconds: float) -> None:
    check = placement.order.health
    course.latest = _absence(placement, course)
    course.is_asked = course.latest is None
    if not course.is_asked:
        course.good = 0
        return
    course.attempts += 1
    try:
        answer = await proxy.probe(placement.pool_id, placement.order.hosts[0], check.path, within_seconds)
    except ProbeFailed as error:
        course.good = 0
        course.latest = never_healthy(check, f"got no answer ({error.message})")
        return
    course.status = answer.status
    course.good = course.good + 1 if answer.status < 500 else 0
    if answer.status >= 500:
        course.latest = never_healthy(check, f"answered {answer.status}")


def _absence(placement: Placement, course: _Course) -> Failure | None:
    # Whoever is reached at the port must be the replica: a neighbour could have taken it and answer in its name.
    for replica in placement.replicas:
        if replica.listens():
            continue
        ports = replica.listening_ports()
        if not ports:
            course.elsewhere_since = None
            return never_listened(replica.port, placement.order.health)
        if course.elsewhere_since is None:
            course.elsewhere_since = asyncio.get_running_loop().time()
        return listens_beside(replica.port) if replica.port in ports else listens_elsewhere(ports, replica.port)
    course.elsewhere_since = None
    return None


def _is_settled_elsewhere(course: _Course, now: float) -> bool:
    return course.elsewhere_since is not None and now - course.elsewhere_since >= WRONG_PORT_SECONDS


def _interval(course: _Course, passed_seconds: float) -> float:
    if passed_seconds >= OFTEN_FOR_SECONDS:
        return SELDOM_SECONDS
    return OFTEN_SECONDS if course.is_asked else LISTENS_SECONDS


async def _pause(placement: Placement, seconds: float) -> None:
    try:
        async with asyncio.timeout(seconds):
            await placement.stirred.wait()
    except TimeoutError:
        return
