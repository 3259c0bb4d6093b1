from support.local_edges import make_order
from support.rollout_room import SERVER, STATIC
from support.services import make_deployment
from thakur.builds import Failure
from thakur.logs import Level
from thakur.runtime import Prepared
from thakur.runtime.rollouts.told import failed, failure_of, started

FAILURE = Failure(code="unhealthy", what="GET / answered 500.", why="It throws.", next="Read its lines.")


def test_a_failure_tells_the_last_lines_the_reason_and_what_is_still_active() -> None:
    entries = failed(FAILURE, ("boom",), make_deployment(number=96))

    assert [(entry.text, entry.level) for entry in entries] == [
        ("boom", Level.INFO),
        ("GET / answered 500.", Level.ERROR),
        ("It throws.", Level.ERROR),
        ("Read its lines.", Level.ERROR),
        ("Deployment #96 is still active.", Level.DEPLOY),
    ]
    assert failure_of(FAILURE, make_deployment(number=96)).still_active == 96


def test_where_nothing_is_active_nothing_is_told_of_it() -> None:
    assert all("active" not in entry.text for entry in failed(FAILURE, (), None))
    assert failure_of(FAILURE, None).still_active is None


def test_replicas_are_told_by_their_ports_and_files_by_their_artifact() -> None:
    prepared = Prepared(ports=(20_000, 20_001), seconds=0.25)

    assert started(make_order(1, "d" * 64, SERVER), prepared) == "Started 2 replicas on port 20000, 20001 in 0.25 s"
    assert started(make_order(1, "d" * 64, STATIC), prepared) == f"Serving the files of artifact {'d' * 12}"
