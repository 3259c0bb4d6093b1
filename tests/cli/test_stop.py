import json
import subprocess


def test_stop_waits_until_the_server_has_gone(thakur, server, on_stop):
    on_stop.append(subprocess.Popen(["sleep", "60"]))
    ran = thakur("stop", "--json")
    assert ran.status == 0
    assert json.loads(ran.out)["stopped"] is True
    assert on_stop[0].returncode is not None


def test_a_server_that_stays_is_reported(thakur, server, monkeypatch):
    monkeypatch.setattr("thakur.cli.stop.STOP_SECONDS", 0.05)
    ran = thakur("stop")
    assert ran.status == 1
    assert "still runs" in ran.err


def test_without_a_server_there_is_nothing_to_stop(thakur, data_dir):
    ran = thakur("stop")
    assert (ran.status, ran.err) == (0, f"Nothing runs on {data_dir}.\n")


def test_a_flag_beats_the_variable(thakur, server, tmp_path):
    assert f"Nothing runs on {tmp_path / 'other'}." in thakur("stop", "--data-dir", tmp_path / "other").err
