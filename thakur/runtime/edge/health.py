"""The health check: a real page, through the proxy, from the replica's own socket, twice in a row."""

import asyncio
from dataclasses import dataclass

import msgspec

from thakur.builds import Failure
from thakur.proxy import ProbeFailed, Proxy
from thakur.runtime.edge.diagnosis import (
    ended_early,
    listens_beside,
    listens_elsewhere,
    never_healthy,
    never_listened,
    seen_so_far,
    with_its_words,
)
from thakur.runtime.edge.placements.placement import Placement
from thakur.runtime.edge.starting.asking import Unhealthy, ranked
from thakur.runtime.interface import Checked, DeploymentRefused

GOOD_ANSWERS = 2
# Looking for the socket asks nobody, so it may be done more often than asking for a page.
LISTENS_SECONDS = 0.02
OFTEN_SECONDS = 0.1
OFTEN_FOR_SECONDS = 5.0
SELDOM_SECONDS = 1.0
ANSWER_SECONDS = 30.0
# A port for metrics may open well before the port for visitors does, so one that shows no page is given more time.
WRONG_PORT_SECONDS = 10.0
WRONG_PORT_PAGE_SECONDS = 3.0
PAGE = range(200, 400)
# What an application does not do by then, a person may want to know.
SAID_AFTER_SECONDS = 5.0
SAID_AT_MOST = 10
# It has opened no port, and computes next to nothing: it waits for something, or for nobody.
IDLE_SECONDS = 30.0
IDLE_SHARE = 0.02


class Patience(msgspec.Struct, frozen=True, kw_only=True):
    """How long a check may last, and what ends it earlier because another start is worth a try.

    `ends_idle`: no port, and nothing done for long. `spares_seconds`: so much is left of the time when there are only errors.
    """

    within_seconds: float
    ends_idle: bool = False
    spares_seconds: float = 0.0


@dataclass(slots=True)
class _Course:
    began_at: float
    attempts: int = 0
    is_asked: bool = False
    good: int = 0
    status: int = 0
    seconds: float = 0.0
    elsewhere_since: float | None = None
    # The ports there, each with how well it answers, the best first.
    elsewhere: tuple[tuple[int, int], ...] = ()
    ask_elsewhere_at: float = 0.0
    latest: Failure | None = None
    # The latest in a few words, and those that were said last.
    sight: str = ""
    said: str = ""
    idle_since: float = 0.0
    cpu_seconds: float = -1.0


async def check_health(proxy: Proxy, placement: Placement, patience: Patience) -> Checked:
    """Return at the second good answer in a row; what is seen until then goes into the placement.

    Raises DeploymentRefused as soon as a replica ends, or has been listening somewhere else for long, or when the patience ends.
    """
    now = asyncio.get_running_loop().time
    course = _Course(began_at=now())
    while True:
        _refuse_if_ended(placement)
        left = course.began_at + patience.within_seconds - now()
        await _look(proxy, placement, course, min(max(left, OFTEN_SECONDS), ANSWER_SECONDS))
        passed = now() - course.began_at
        if course.good == GOOD_ANSWERS * max(len(placement.replicas), 1):
            return Checked(status=course.status, attempts=course.attempts, seconds=passed)
        _say(placement, course, patience, passed)
        if course.latest is not None and (
            _is_over(placement, course, patience, passed) or await _is_settled_elsewhere(placement, course)
        ):
            _refuse_if_ended(placement)
            ports = tuple(port for _, port in course.elsewhere)
            output = placement.last_lines()
            raise Unhealthy(with_its_words(course.latest, placement.order, output), output, ports, course.status)
        await _pause(placement, _interval(course, passed))


def _say(placement: Placement, course: _Course, patience: Patience, passed_seconds: float) -> None:
    is_new = course.latest is not None and course.sight != course.said
    if is_new and passed_seconds >= SAID_AFTER_SECONDS and len(placement.seen) < SAID_AT_MOST:
        course.said = course.sight
        placement.seen.append(seen_so_far(course.sight, passed_seconds, patience.within_seconds - passed_seconds))


def _is_over(placement: Placement, course: _Course, patience: Patience, passed_seconds: float) -> bool:
    assert course.latest is not None
    if course.latest.code == "never_listened" and patience.ends_idle and _is_idle(placement, course):
        return True
    are_errors = course.latest.code == "unhealthy" and course.status >= 500
    return passed_seconds >= patience.within_seconds - (patience.spares_seconds if are_errors else 0.0)


def _is_idle(placement: Placement, course: _Course) -> bool:
    now = asyncio.get_running_loop().time()
    used = sum(replica.cpu_seconds() for replica in placement.replicas)
    if abs(used - course.cpu_seconds) > IDLE_SHARE * IDLE_SECONDS:
        course.cpu_seconds, course.idle_since = used, now
    return now - course.idle_since >= IDLE_SECONDS


def _refuse_if_ended(placement: Placement) -> None:
    for replica in placement.replicas:
        if replica.exit is not None:
            output = placement.last_lines()
            raise DeploymentRefused(ended_early(replica.exit, placement.order, output), output)


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
        course.sight = f"GET {check.path} got no answer"
        return
    course.status = answer.status
    course.good = course.good + 1 if answer.status < 500 else 0
    if answer.status >= 500:
        course.latest = never_healthy(check, f"answered {answer.status}")
        course.sight = f"GET {check.path} answered {answer.status}"


def _absence(placement: Placement, course: _Course) -> Failure | None:
    # Whoever is reached at the port must be the replica: a neighbour could have taken it and answer in its name.
    for replica in placement.replicas:
        if replica.listens():
            continue
        ports = replica.listening_ports()
        if not ports:
            course.elsewhere_since = None
            course.sight = "the application runs and has opened no port"
            return never_listened(replica.port, placement.order.health)
        if course.elsewhere_since is None:
            course.elsewhere_since = asyncio.get_running_loop().time()
        failure = listens_beside(replica.port) if replica.port in ports else listens_elsewhere(ports, replica.port)
        course.sight = failure.what.rstrip(".")
        return failure
    course.elsewhere_since = None
    return None


async def _is_settled_elsewhere(placement: Placement, course: _Course) -> bool:
    if course.elsewhere_since is None:
        return False
    now = asyncio.get_running_loop().time()
    waited = now - course.elsewhere_since
    if waited < WRONG_PORT_PAGE_SECONDS or (waited < WRONG_PORT_SECONDS and now < course.ask_elsewhere_at):
        return False
    course.ask_elsewhere_at = now + SELDOM_SECONDS
    ports = frozenset(port for replica in placement.replicas for port in replica.listening_ports())
    course.elsewhere = tuple(await ranked(ports, placement.order.hosts[0], placement.order.health.path))
    return waited >= WRONG_PORT_SECONDS or any(answer in PAGE for answer, _ in course.elsewhere)


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
