import dataclasses
import stat
from pathlib import Path

import msgspec

from support.stages import Stage
from thakur.sandbox import Exit


async def replica(stage: Stage) -> tuple[Exit, str]:
    spec = stage.shell(
        "echo changed > page; cat page kept", name="app", app=stage.overlay({"page": "", "kept": "kept"})
    )
    identity = await stage.sandbox.start(spec, stage.directory / "log", stage.directory / "status")
    return await stage.sandbox.wait(identity), (stage.directory / "log").read_text()


def without_overlays(stage: Stage) -> Stage:
    """A bubblewrap that fails as on a kernel or file system without overlays."""
    program = stage.directory / "bwrap"
    program.write_text(
        "#!/bin/sh\n"
        'if tr "\\0" "\\n" < "/proc/self/fd/$2" | grep -q overlay; then\n'
        '  echo "bwrap: Can\'t make overlay mount on /newroot/app: Invalid argument" >&2; exit 1\nfi\n'
        f'exec {stage.host.bubblewrap} "$@"\n'
    )
    program.chmod(program.stat().st_mode | stat.S_IXUSR | stat.S_IXGRP | stat.S_IXOTH)
    return dataclasses.replace(stage, host=msgspec.structs.replace(stage.host, bubblewrap=str(program)))


async def test_without_overlays_an_application_gets_a_copy(stage):
    ending, log = await without_overlays(stage).play(replica)

    assert ending.is_success, log
    assert log == "changed\nkept"
    assert (stage.directory / "lower" / "page").read_text() == ""
    assert Path(stage.directory / "upper" / "page").stat().st_uid == stage.uid
