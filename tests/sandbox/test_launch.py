import asyncio
import contextlib
import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from support.stages import Stage, alive, run, start, until_output
from support.waiting import eventually
from thakur.sandbox import (
    DeadlineExceeded,
    Identity,
    NameTaken,
    NoProgress,
    Overlay,
    SandboxRefused,
    Workspace,
)


async def test_a_step_hands_over_both_streams_and_its_code(stage):
    ending, output = await stage.play(run, stage.shell("echo out; echo err >&2; exit 3"))

    assert output == "out\nerr\n"
    assert (ending.code, ending.signal, ending.is_success) == (3, None, False)


async def test_a_command_sees_the_given_environment_and_nothing_of_ours(stage, monkeypatch):
    monkeypatch.setenv("OURS", "hidden")
    # The second half is what the C library reads, so it takes another way.
    odd = " \"a\" 'b'\t$HOME ${X} \\n #c\n"
    env = {"GREETING": "two\nlines", "HOME": "/root", "ODD": odd, "EMPTY": ""}
    env |= {"LD_LIBRARY_PATH": "/app/lib", "TZ": odd, "LC_EMPTY": "", "LANG": "C"}

    _, output = await stage.play(run, stage.spec("env", "-0", env=env))

    seen = dict(pair.split("=", 1) for pair in output.rstrip("\0").split("\0"))
    seen.pop("PWD")
    assert seen == {
        "GREETING": "two\nlines",
        "ODD": odd,
        "EMPTY": "",
        "LD_LIBRARY_PATH": "/app/lib",
        "TZ": odd,
        "LC_EMPTY": "",
        "LANG": "C",
        "PATH": "/usr/local/bin:/usr/bin:/bin",
        "HOME": "/home/app",
        "USER": "app",
    }


async def test_a_command_reads_its_input_once_and_is_seen_with_none_of_it(stage):
    spec = msgspec.structs.replace(stage.shell("cat; cat; tr '\\0' ' ' < /proc/1/cmdline"), input=b"canary\n")

    _, output = await stage.play(run, spec)

    assert output.count("canary") == 1


async def test_no_value_is_in_the_command_line_of_any_process(stage):
    env = {"TOKEN": "canary-in-a-token", "TZ": "canary-in-a-zone"}

    lines = await stage.play(_command_lines_beside, env)

    assert "thakur-sandbox" in lines, "it runs while we look"
    assert "canary" not in lines


async def _command_lines_beside(stage: Stage, env: dict[str, str]) -> str:
    identity = await start(stage, "echo $TOKEN $TZ; sleep 60", env=env)
    try:
        await until_output(stage.directory / "log", "canary-in-a-token canary-in-a-zone")
        return "\n".join(line.decode(errors="replace") for line in _command_lines())
    finally:
        await stage.sandbox.end(identity.name)


def _command_lines() -> Iterator[bytes]:
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        # A process may end while it is looked at.
        with contextlib.suppress(OSError):
            yield path.read_bytes()


async def test_a_step_writes_into_its_workspace(stage):
    workspace = stage.make("workspace", {"old": "old"})

    ending, _ = await stage.play(run, stage.shell("echo new > made; echo more >> old", app=Workspace(workspace)))

    assert ending.is_success
    assert Path(workspace, "made").read_text() == "new\n"
    assert Path(workspace, "made").stat().st_uid == stage.uid


async def test_an_application_cannot_change_the_artifact_below_it(stage):
    overlay = stage.overlay({"page": "as built", "gone": ""})

    ending, _ = await stage.play(run, stage.shell("echo changed > page; rm gone; mkdir d; touch d/f", app=overlay))

    assert ending.is_success
    assert Path(overlay.lower, "page").read_text() == "as built"
    assert sorted(path.name for path in Path(overlay.lower).iterdir()) == ["gone", "page"]
    assert Path(overlay.upper, "page").read_text() == "changed\n"


async def test_the_deadline_ends_a_step_with_all_its_processes(stage):
    with pytest.raises((DeadlineExceeded, AssertionError), match="ran longer than"):
        await stage.play(run, stage.shell("setsid sleep 60 & sleep 60"), 0.3)

    assert alive(stage) == frozenset()


async def test_a_step_that_neither_writes_nor_computes_is_ended(stage):
    with pytest.raises((NoProgress, AssertionError), match="computed nothing"):
        await stage.play(run, stage.shell("echo begun; sleep 60"), 20, 0.2)

    assert alive(stage) == frozenset()


async def test_a_step_that_computes_or_writes_is_at_work(stage):
    computes = "i=0; while [ $i -lt 1000000 ]; do i=$((i + 1)); done"
    writes = "for _ in 1 2 3 4 5 6; do sleep 0.1; echo on; done"

    ending, _ = await stage.play(run, stage.shell(f"{computes}; {writes}"), 20, 0.3)

    assert ending.is_success


async def canceled(stage: Stage) -> None:
    step = asyncio.get_running_loop().create_task(run(stage, stage.shell("touch begun; sleep 60")))
    await eventually((stage.directory / "app-step" / "begun").exists, within_seconds=10)
    step.cancel()
    with pytest.raises(asyncio.CancelledError):
        await step


async def test_a_canceled_step_leaves_no_process(stage):
    await stage.play(canceled)

    assert alive(stage) == frozenset()


async def stopped(stage: Stage, grace_seconds: float, script: str) -> tuple:
    identity = await start(stage, script)
    await until_output(stage.directory / "log", "ready")
    was_alive = stage.sandbox.is_alive(identity)
    ending = await stage.sandbox.stop(identity, grace_seconds)
    return was_alive, ending, stage.sandbox.is_alive(identity)


async def test_an_application_gets_its_grace_to_end(stage):
    script = "trap 'echo bye; exit 7' TERM; echo ready; while :; do sleep 0.05; done"

    was_alive, ending, is_alive = await stage.play(stopped, 10, script)

    assert (was_alive, is_alive) == (True, False)
    assert ending.code == 7
    assert (stage.directory / "log").read_text() == "ready\nbye\n"


async def test_an_application_that_ignores_the_signal_is_killed_after_its_grace(stage):
    script = "trap '' TERM; (trap '' TERM; setsid sleep 60) & echo ready; while :; do sleep 60; done"

    _, ending, is_alive = await stage.play(stopped, 0.2, script)

    assert (ending.signal, is_alive) == (signal.SIGKILL, False)
    assert alive(stage) == frozenset()


async def adopted(stage: Stage, text: bytes) -> tuple:
    identity = msgspec.json.decode(text, type=Identity)
    is_alive = stage.sandbox.is_alive(identity)
    os.kill(identity.app.pid, signal.SIGTERM)
    return is_alive, await stage.sandbox.wait(identity)


async def started(stage: Stage) -> bytes:
    identity = await start(stage, "trap 'exit 9' TERM; echo ready; while :; do sleep 0.05; done")
    await until_output(stage.directory / "log", "ready")
    return msgspec.json.encode(identity)


async def test_an_application_outlives_its_thakur_and_is_adopted_by_the_next(user_stage):
    text = await user_stage.play_apart(started)

    is_alive, ending = await user_stage.play_apart(adopted, text)

    assert is_alive
    assert ending.code == 9


async def found_by_name(stage: Stage) -> tuple:
    await start(stage, "sleep 60")
    before = stage.sandbox.names()
    await stage.sandbox.end("app")
    return before, stage.sandbox.names()


async def test_what_is_known_by_name_alone_can_be_ended(stage):
    before, after = await stage.play(found_by_name)

    assert (before, after) == ({"app"}, frozenset())
    assert alive(stage) == frozenset()


async def started_twice(stage: Stage) -> None:
    await start(stage, "sleep 60")
    try:
        with pytest.raises(NameTaken):
            await stage.sandbox.run(stage.shell("true", name="app", app=Workspace("/tmp")), lambda _: None, 5)
    finally:
        await stage.sandbox.end("app")


async def test_a_name_is_used_by_one_sandbox_at_a_time(stage):
    await stage.play(started_twice)


async def died_at_once(stage: Stage) -> tuple:
    identity = await start(stage, "exit 5")
    return await stage.sandbox.wait(identity), stage.sandbox.processes(identity)


async def test_an_application_that_ends_at_once_still_tells_its_code(stage):
    ending, processes = await stage.play(died_at_once)

    assert ending.code == 5
    assert processes == frozenset()


async def serves(stage: Stage) -> tuple:
    code = "Bun.serve({port: 0, hostname: '127.0.0.1', fetch: () => new Response('ok')}); console.log('ready')"
    spec = stage.with_bun("-e", code, name="app", app=stage.overlay({}))
    identity = await stage.sandbox.start(spec, stage.directory / "log", stage.directory / "status")
    await until_output(stage.directory / "log", "ready")
    found = stage.sandbox.processes(identity), stage.sandbox.listening_ports(identity)
    await stage.sandbox.stop(identity, 5)
    return (*found, identity, stage.sandbox.listening_ports(identity))


async def test_the_ports_on_which_an_application_listens_are_found(stage):
    processes, ports, identity, ports_after = await stage.play(serves)

    assert identity.app.pid in processes
    assert len(ports) == 1
    assert ports_after == frozenset()


async def test_bubblewraps_own_words_explain_a_refusal(root_stage):
    overlay = Overlay("/nowhere", root_stage.make("upper"), root_stage.make("work"))

    with pytest.raises(SandboxRefused, match="nowhere"):
        await start(root_stage, "true", app=overlay)

    assert root_stage.sandbox.names() == frozenset()


async def test_a_command_that_does_not_exist_ends_with_127(root_stage):
    ending, output = await run(root_stage, root_stage.spec("no-such-program"))

    assert ending.code == 127
    assert "no-such-program" in output


async def test_a_short_command_costs_little(stage):
    began = time.monotonic()
    ending, _ = await stage.play(run, stage.spec("true"))

    assert ending.is_success
    assert time.monotonic() - began < 2
