import pytest

from support.local_edges import make_order
from thakur.builds import Failure, Plan
from thakur.errors import Unavailable
from thakur.runtime import HealthCheck
from thakur.runtime.edge.diagnosis import (
    ended_early,
    held_by,
    listens_elsewhere,
    never_healthy,
    never_listened,
    not_held,
    not_started,
    still_routed,
    with_its_words,
)
from thakur.sandbox import Exit

ORDER = make_order(5, "d1", Plan(framework="bun", kind="server", start=("bun", "index.ts")))
TAKEN = ["error: listen EADDRINUSE: address already in use :::3000"]
REFUSED = ["error: connect ECONNREFUSED 10.0.0.1:5432"]
CHECK = HealthCheck(path="/up", within_seconds=60)


@pytest.mark.parametrize(
    ("failure", "code", "words"),
    [
        (ended_early(Exit(code=1), ORDER), "crashed_on_start", "exited with code 1"),
        (ended_early(Exit(code=1), ORDER, ["error: boom"]), "crashed_on_start", "before it answered"),
        (
            ended_early(Exit(code=1), ORDER, ["error: connect ECONNREFUSED 10.0.0.1:5432"]),
            "service_unreachable",
            "code 1",
        ),
        (ended_early(Exit(signal=11), ORDER), "native_crash", "SIGSEGV"),
        (ended_early(Exit(code=132), ORDER), "native_crash", "exited with code 132"),
        (ended_early(Exit(code=134, hit_process_limit=True), ORDER), "too_many_processes", "256"),
        (ended_early(Exit(code=0), ORDER), "exited_at_once", "exit code 0"),
        (ended_early(Exit(signal=9, is_out_of_memory=True), ORDER), "out_of_memory", "512 MB"),
        (listens_elsewhere(frozenset({3001, 3000}), 20_017), "wrong_port", "3000 and 3001 instead of PORT=20017"),
        (never_listened(20_017, CHECK), "never_listened", "PORT=20017 within 60 s"),
        (never_healthy(CHECK, "answered 500"), "unhealthy", "GET /up answered 500"),
        (with_its_words(never_healthy(CHECK, "answered 500"), ORDER, REFUSED), "unhealthy", "GET /up answered 500"),
        (held_by(ended_early(Exit(code=1), ORDER, ["EADDRINUSE"]), 3000, ORDER), "crashed_on_start", "code 1"),
        (held_by(ended_early(Exit(code=1), ORDER, TAKEN), 3000, ORDER), "port_in_use", "code 1"),
        (not_started(Unavailable("No bubblewrap.", hint="Install it.")), "unavailable", "could not be started"),
        (not_held(5), "deployment_not_prepared", "5"),
        (still_routed(5), "deployment_routed", "5"),
    ],
)
def test_every_failure_says_what_why_and_what_next(failure: Failure, code: str, words: str) -> None:
    assert failure.code == code
    assert words in failure.what
    assert failure.why
    assert failure.next
    assert all(part.endswith(".") for part in (failure.what, failure.why, failure.next))


def test_a_cause_in_the_log_of_one_that_runs_is_told_beside_its_status() -> None:
    told = with_its_words(never_healthy(CHECK, "answered 500"), ORDER, REFUSED)

    assert "10.0.0.1:5432 (PostgreSQL's usual port)" in told.why


def test_an_unknown_crash_is_quoted_and_not_guessed() -> None:
    failure = ended_early(
        Exit(code=1), ORDER, ["listening soon", "TypeError: x is not a function", "      at y (z.js:1:2)"]
    )

    assert failure.why == 'No known cause. Its own words: "TypeError: x is not a function".'
