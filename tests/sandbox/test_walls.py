import json
import os

from support.stages import probe_in, run


async def test_a_hostile_program_gets_nowhere(stage, tmp_path):
    private = stage.make("private", {"key": "secret"})
    asked = {
        "paths": [
            private,
            f"{private}/key",
            "/root",
            "/etc/shadow",
            "/var/lib",
            "/run",
            "/home/app/../../root",
            "/sys/kernel",
        ],
        "sockets": ["/run/systemd/private", str(tmp_path / "local.sock")],
        "pids": [os.getpid(), os.getppid()],
    }
    probe = stage.with_bun("probe.mjs", app=probe_in(stage), env={"PROBE": json.dumps(asked)})

    ending, output = await stage.play(run, probe)

    assert ending.is_success, output
    found = json.loads(output)
    assert found["uid"] == stage.uid
    assert (found["capabilities"], found["noNewPrivs"], found["seccomp"]) == ("0" * 16, "1", "2")
    assert found["bounding"] == "0" * 16
    assert (found["cwd"], found["hostname"]) == ("/app", "app")
    assert len(found["pids"]) == 2
    for kind in ("read", "write", "signal", "systemCalls", "sockets"):
        assert [name for name, attempt in found[kind].items() if attempt["allowed"]] == [], kind
    assert all(attempt["allowed"] for attempt in found["writable"].values())
