import json
import socket


def test_doctor_prints_every_check_with_its_status(thakur, data_dir, monkeypatch):
    monkeypatch.setenv("THAKUR_ADDRESS", "127.0.0.1:0")
    monkeypatch.setenv("THAKUR_HTTP", "127.0.0.1:0")
    found = json.loads(thakur("doctor", "--json").out)
    names = [check["name"] for check in found]
    for name in ("data directory", "/dev/null", "sandbox", "bun", "PostgreSQL", "Valkey", "proxy"):
        assert name in names
    assert all(check["status"] in ("ok", "warn", "fail") and check["text"] for check in found)


def test_a_failed_check_fails_and_says_what_to_do(thakur, data_dir, monkeypatch):
    monkeypatch.setenv("THAKUR_ADDRESS", "127.0.0.1:0")
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        monkeypatch.setenv("THAKUR_HTTP", f"127.0.0.1:{taken.getsockname()[1]}")
        ran = thakur("doctor")
    assert ran.status == 1
    assert "proxy: Something else listens there." in ran.err


def test_a_running_server_owns_its_ports(thakur, server, monkeypatch):
    found = {check["name"]: check for check in json.loads(thakur("doctor", "--json").out)}
    assert found["server"]["status"] == "ok"
    assert "proxy" not in found
