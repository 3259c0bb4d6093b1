import msgspec

from support.stages import Stage
from thakur.sandbox import Enforcement, Measure


async def enforcement(stage: Stage) -> Enforcement:
    sandbox = stage.sandbox
    found = await sandbox.enforcement()
    assert await sandbox.enforcement() is found
    return found


async def test_root_enforces_everything(root_stage):
    found = await root_stage.play(enforcement)

    assert found.missing() == {}


async def test_a_normal_user_misses_the_limits_and_is_told_why(user_stage):
    found = await user_stage.play(enforcement)

    assert found.sandbox.is_enforced
    assert found.overlay.is_enforced
    assert found.system_calls.is_enforced
    assert {"own_uid", "memory", "cpu"} <= set(found.missing())
    assert all(found.missing().values())


async def test_a_host_that_cannot_sandbox_says_what_bubblewrap_said(user_stage):
    program = user_stage.directory / "bwrap"
    program.write_text("#!/bin/sh\necho 'bwrap: setting up uid map: Permission denied' >&2; exit 1\n")
    program.chmod(0o755)
    broken = Stage(
        user_stage.directory,
        msgspec.structs.replace(user_stage.host, bubblewrap=str(program)),
        user_stage.bun,
        user_stage.name,
    )

    found = await broken.play(enforcement)

    assert isinstance(found.sandbox, Measure)
    assert not found.sandbox.is_enforced
    assert "setting up uid map: Permission denied" in found.sandbox.reason
    assert "Run Thakur as root" in found.sandbox.reason
