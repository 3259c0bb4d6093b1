import os
import signal
from pathlib import Path

import pytest

from support.stages import Stage, alive, run, start
from support.waiting import eventually
from thakur.sandbox import (
    SandboxRefused,
    SpecInvalid,
    Workspace,
)

KEPT = "a secret that no command line may show"


async def test_no_variable_shows_in_a_command_line(root_stage):
    identity = await start(root_stage, "sleep 60", env={"TOKEN": KEPT})
    lines = [Path(f"/proc/{process.pid}/cmdline").read_bytes() for process in (identity.monitor, identity.init)]
    environments = [Path(f"/proc/{process.pid}/environ").read_bytes() for process in (identity.monitor, identity.init)]
    await root_stage.sandbox.stop(identity, 1)

    assert not any(KEPT.encode() in line for line in lines)
    # Not even ours: a variable of ours could hold a key, one of the tenant's could name a library.
    assert environments == [b"", b""]


async def test_descriptors_of_ours_do_not_get_in(root_stage):
    secret = os.open("/etc/shadow", os.O_RDONLY)
    os.set_inheritable(secret, True)  # as a careless parent or library leaves them

    _, output = await run(root_stage, root_stage.spec("ls", "-l", "/proc/self/fd"))
    os.close(secret)

    assert "shadow" not in output
    assert output.count(" -> ") == 4


async def test_a_workspace_that_is_not_there_is_refused_with_the_reason(root_stage):
    with pytest.raises(SandboxRefused, match="/nowhere cannot be shown"):
        await run(root_stage, root_stage.spec("true", app=Workspace("/nowhere")))

    assert root_stage.sandbox.names() == frozenset()


async def test_a_command_with_a_nul_byte_is_refused(root_stage):
    with pytest.raises(SpecInvalid):
        await run(root_stage, root_stage.spec("echo", "a\0b"))


async def runs_and_is_killed(stage: Stage) -> None:
    """Play the part of a Thakur that is killed in the middle of a build."""

    def die(_chunk: bytes) -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    await stage.sandbox.run(stage.shell("echo begun; sleep 60"), die, 20)


async def test_a_step_dies_with_the_thakur_that_ran_it(user_stage):
    with pytest.raises(EOFError):
        await user_stage.play_apart(runs_and_is_killed)

    await eventually(lambda: not alive(user_stage))


async def test_a_command_that_cannot_be_confined_never_begins(root_stage, monkeypatch):
    def fail(*_args):
        raise SandboxRefused("no limits here")

    monkeypatch.setattr("thakur.sandbox.spawn.confine", fail)
    workspace = root_stage.make("workspace")

    with pytest.raises(SandboxRefused, match="no limits here"):
        await run(root_stage, root_stage.shell("touch begun", app=Workspace(workspace)))
    with pytest.raises(SandboxRefused, match="no limits here"):
        await start(root_stage, "touch begun")

    assert not Path(workspace, "begun").exists()
    assert root_stage.sandbox.names() == frozenset()


async def starts_and_is_killed(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """Play the part of a Thakur that is killed before it let an application go."""
    monkeypatch.setattr("thakur.sandbox.spawn.confine", lambda *_args: os.kill(os.getpid(), signal.SIGKILL))
    await start(stage, "echo begun")


async def test_an_application_whose_thakur_died_before_it_was_confined_never_begins(user_stage, monkeypatch):
    with pytest.raises(EOFError):
        await user_stage.play_apart(starts_and_is_killed, monkeypatch)

    assert user_stage.sandbox.names() == {"app"}
    await user_stage.play_apart(ended)
    assert user_stage.sandbox.names() == frozenset()
    assert (user_stage.directory / "log").read_text() == ""


async def ended(stage: Stage) -> None:
    await stage.sandbox.end("app")
