import re

from thakur.runtime.edge.replicas.comebacks import CRASH_LOOP_ENDS, LAST_RESTART_SECONDS, STEADY_SECONDS, Comebacks


def test_waits_grow_up_to_half_a_minute() -> None:
    comebacks = Comebacks()
    waits = [comebacks.ended(ran_seconds=1.0) for _ in range(12)]

    assert 0.07 < waits[0] < 0.11
    assert waits[4] > 4 * waits[0]
    assert 0.75 * LAST_RESTART_SECONDS <= waits[-1] <= LAST_RESTART_SECONDS
    assert comebacks.ends == 12


def test_a_steady_run_makes_the_next_comeback_quick_again() -> None:
    comebacks = Comebacks()
    for _ in range(CRASH_LOOP_ENDS):
        comebacks.ended(ran_seconds=1.0)
    assert comebacks.is_crash_loop
    first = comebacks.since

    wait_seconds = comebacks.ended(ran_seconds=STEADY_SECONDS)

    assert wait_seconds < 0.11
    assert (comebacks.ends, comebacks.is_crash_loop) == (1, False)
    assert first
    assert comebacks.since
    assert comebacks.since > first


def test_a_crash_loop_says_how_often_since_when_and_when_next() -> None:
    comebacks = Comebacks()
    comebacks.ended(1.0)
    assert (
        comebacks.told("exited with code 1", 0.1) == "The application exited with code 1; it is started again in 0.1 s."
    )
    for _ in range(6):
        comebacks.ended(1.0)

    told = comebacks.told("exited with code 1", 30.0)

    assert re.fullmatch(
        r"Crash loop: the application exited with code 1, the end number 7 since \d\d:\d\d:\d\d UTC; next try in 30\.0 s\.",
        told,
    )
