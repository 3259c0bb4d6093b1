import json
import subprocess
import sys
from contextlib import contextmanager

HOLD = """
import signal, sys
from pathlib import Path
from thakur.modes.lock import RoleLock
signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
lock = RoleLock(Path(sys.argv[1]), sys.argv[2])
lock.take()
print("held", flush=True)
signal.sigwait({signal.SIGINT})
"""


@contextmanager
def holding(data_dir, role):
    (data_dir / "run").mkdir(parents=True, exist_ok=True)
    with subprocess.Popen([sys.executable, "-c", HOLD, data_dir, role], stdout=subprocess.PIPE) as process:
        assert process.stdout.readline() == b"held\n"
        try:
            yield process
        finally:
            process.kill()


def test_stop_ends_every_role_and_waits_for_it(thakur, data_dir):
    with holding(data_dir, "api") as api, holding(data_dir, "edge") as edge:
        ran = thakur("stop", "--json")

        assert (ran.status, json.loads(ran.out)["ended"]) == (0, 2)
        assert (api.wait(1), edge.wait(1)) == (0, 0)


def test_a_lock_file_that_nobody_holds_is_no_process(thakur, data_dir):
    with holding(data_dir, "api") as role:
        role.kill()

    assert f"Nothing runs on {data_dir}." in thakur("stop").err


def test_without_a_server_there_is_nothing_to_stop(thakur, data_dir):
    ran = thakur("stop")

    assert (ran.status, ran.err) == (0, f"Nothing runs on {data_dir}.\n")


def test_a_flag_beats_the_variable(thakur, server, tmp_path):
    assert f"Nothing runs on {tmp_path / 'other'}." in thakur("stop", "--data-dir", tmp_path / "other").err
