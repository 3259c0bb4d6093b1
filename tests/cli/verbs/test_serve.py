import sys
import types

import pytest


@pytest.fixture
def served(monkeypatch):
    settings = []
    modes = types.ModuleType("thakur.modes")
    modes.serve = lambda given, roles: settings.append(given) or 0
    monkeypatch.setitem(sys.modules, "thakur.modes", modes)
    import thakur

    monkeypatch.setattr(thakur, "modes", modes, raising=False)
    return settings


def test_flags_beat_variables_and_variables_beat_the_dotenv(thakur, served, monkeypatch, tmp_path):
    (tmp_path / ".env").write_text("THAKUR_HTTP=127.0.0.1:1\nTHAKUR_ADDRESS=127.0.0.1:1\nTHAKUR_BASE_DOMAIN=a.test\n")
    monkeypatch.setenv("THAKUR_ADDRESS", "127.0.0.1:2")
    monkeypatch.setenv("THAKUR_HTTP", "127.0.0.1:2")
    assert thakur("serve", "--http", "127.0.0.1:3", "--data-dir", tmp_path / "data").status == 0
    (settings,) = served
    assert (settings.http.port, settings.address.port, settings.base_domain) == (3, 2, "a.test")
    assert settings.data_dir == tmp_path / "data"


def test_a_wrong_flag_stops_the_start(thakur, served):
    ran = thakur("serve", "--http", "nowhere")
    assert ran.status == 1
    assert "THAKUR_HTTP=nowhere is no address." in ran.err
    assert served == []
