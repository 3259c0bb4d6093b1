import pytest

from thakur.runtime.edge.starting.choosing import Finding, next_start, port_in_use, told
from thakur.runtime.edge.starting.start import Start, node_command, remembered

PLAIN = Start()
EXPORT = Start(serves_export=True)
MOVED = Start(moves_port=3000)


def found(code: str, *elsewhere: int, output: tuple[str, ...] = (), **fields: object) -> Finding:
    return Finding(code=code, elsewhere=elsewhere, output=output, **fields)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("start", "finding", "following"),
    [
        (PLAIN, found("exited_at_once"), EXPORT),
        (PLAIN, found("never_listened"), EXPORT),
        (PLAIN, found("crashed_on_start", output=("TypeError: Bun.serve() needs either:",)), EXPORT),
        (EXPORT, found("exited_at_once"), None),
        (EXPORT, found("never_listened"), None),
        (PLAIN, found("wrong_address"), Start(moves_address=True)),
        (MOVED, found("wrong_address"), None),
        (PLAIN, found("wrong_port", 3000, 9090), MOVED),
        (EXPORT, found("wrong_port", 3000), Start(serves_export=True, moves_port=3000)),
        (PLAIN, found("wrong_port"), None),
        (MOVED, found("wrong_port", 3000), Start(moves_port=3000, leads_to=3000)),
        (Start(moves_port=3000, leads_to=3000), found("wrong_port", 8000), None),
        (PLAIN, found("port_in_use", output=("Error: listen EADDRINUSE: address already in use :::3000",)), MOVED),
        (MOVED, found("port_in_use", output=("Error: listen EADDRINUSE: address already in use :::3000",)), None),
        (PLAIN, found("port_in_use", output=("address already in use",)), None),
        (
            MOVED,
            found("port_in_use", output=("error: Failed to start server. Is port 20001 in use?",)),
            Start(moves_port=3000, moves_aside=True),
        ),
        (PLAIN, found("port_refused", output=("error: permission denied 0.0.0.0:80",)), Start(moves_port=80)),
        (PLAIN, found("native_crash", can_use_node=True), Start(is_on_node=True)),
        (PLAIN, found("crashed_on_start", can_use_node=True), Start(is_on_node=True)),
        (PLAIN, found("unhealthy", status=500, can_use_node=True), Start(is_on_node=True)),
        (PLAIN, found("unhealthy", can_use_node=True), None),
        (PLAIN, found("crashed_on_start"), None),
        (PLAIN, found("out_of_memory", can_use_node=True), None),
        (Start(is_on_node=True), found("crashed_on_start", can_use_node=True), None),
        (Start(is_on_node=True), found("wrong_port", 3000), Start(is_on_node=True, moves_port=3000)),
    ],
)
def test_each_start_is_followed_by_the_one_that_may_help(
    start: Start, finding: Finding, following: Start | None
) -> None:
    assert next_start(start, finding) == following


def test_a_port_is_led_to_only_where_one_replica_holds_it() -> None:
    assert next_start(MOVED, found("wrong_port", 3000), replicas=2) is None


def test_each_step_is_said_in_the_log() -> None:
    assert "under node" in told(PLAIN, Start(is_on_node=True))
    assert "exports is served" in told(PLAIN, EXPORT)
    assert "fixed to 3000" in told(PLAIN, MOVED)
    assert "any that is free" in told(MOVED, Start(moves_port=3000, moves_aside=True))
    assert "moved to HOST" in told(PLAIN, Start(moves_address=True))
    assert "led to port 3000" in told(MOVED, Start(moves_port=3000, leads_to=3000))


@pytest.mark.parametrize(
    ("line", "port"),
    [
        ("Error: listen EADDRINUSE: address already in use 0.0.0.0:8080", 8080),
        ("error: Failed to start server. Is port 3000 in use?", 3000),
        ("Port 4000 is already in use", 4000),
        ("OSError: [Errno 98] error while attempting to bind", None),
        ("connect ECONNREFUSED 127.0.0.1:5432", None),
    ],
)
def test_the_port_that_was_taken_is_read_from_the_application_s_words(line: str, port: int | None) -> None:
    assert port_in_use(["starting", line, "    at listen (app.js:1:2)"]) == port


def test_a_plain_start_adds_nothing_to_the_environment() -> None:
    assert Start().env({"NODE_OPTIONS": "--max-old-space-size=64"}) == {}


def test_the_guide_joins_the_application_s_own_options() -> None:
    env = Start(moves_port=3000).env({"NODE_OPTIONS": "--max-old-space-size=64"})

    assert env["NODE_OPTIONS"] == "--max-old-space-size=64 --require=/opt/thakur/guide.cjs"
    assert env["BUN_OPTIONS"] == "--preload=/opt/thakur/guide.cjs"
    assert env["THAKUR_FIXED_PORT"] == "3000"


@pytest.mark.parametrize(
    ("planned", "under_node"),
    [
        (("bun", "server.js", "--quiet"), ("node", "server.js", "--quiet")),
        (("bun", "--bun", "run", "start"), ("bun", "run", "start")),
        (("bun", "src/index.ts"), None),
        (("sh", "-c", "./run"), None),
    ],
)
def test_a_command_of_bun_s_has_one_of_node_s_where_node_can_run_it(
    planned: tuple[str, ...], under_node: tuple[str, ...] | None
) -> None:
    assert node_command(planned) == under_node


def test_the_next_deployment_looks_anew_where_it_listens_and_whether_bun_runs_it() -> None:
    start = Start(moves_port=3000, leads_to=3000, is_on_node=True)

    assert remembered(start, is_same_artifact=False) == MOVED
    assert remembered(start, is_same_artifact=True) == Start(moves_port=3000, is_on_node=True)
