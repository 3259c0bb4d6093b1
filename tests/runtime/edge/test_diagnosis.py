import pytest

from support.local_edges import make_order
from thakur.builds import Failure, Plan
from thakur.errors import Unavailable
from thakur.runtime import HealthCheck
from thakur.runtime.edge.diagnosis import (
    ended_early,
    listens_elsewhere,
    never_healthy,
    never_listened,
    not_held,
    not_started,
    still_routed,
)
from thakur.sandbox import Exit

ORDER = make_order(5, "d1", Plan(framework="bun", kind="server", start=("bun", "index.ts")))
CHECK = HealthCheck(path="/up", within_seconds=60)


@pytest.mark.parametrize(
    ("failure", "code", "words"),
    [
        (ended_early(Exit(code=1), ORDER), "crashed_on_start", "exited with code 1"),
        (ended_early(Exit(signal=11), ORDER), "crashed_on_start", "SIGSEGV"),
        (ended_early(Exit(code=0), ORDER), "exited_at_once", "exit code 0"),
        (ended_early(Exit(signal=9, is_out_of_memory=True), ORDER), "out_of_memory", "512 MB"),
        (listens_elsewhere(frozenset({3001, 3000}), 20_017), "wrong_port", "3000 and 3001 instead of PORT=20017"),
        (never_listened(20_017, CHECK), "never_listened", "PORT=20017 within 60 s"),
        (never_healthy(CHECK, "answered 500"), "unhealthy", "GET /up answered 500"),
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
