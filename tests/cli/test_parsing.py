import argparse
from pathlib import Path

from thakur.cli.parsing import host_settings


def test_host_verbs_read_the_dotenv_of_the_working_directory(data_dir, tmp_path, monkeypatch):
    (tmp_path / ".env").write_text("THAKUR_DATA_DIR=/from/dotenv\nTHAKUR_HTTP=127.0.0.1:81\n")
    assert host_settings(argparse.Namespace()).data_dir == data_dir
    assert host_settings(argparse.Namespace()).http.port == 81
    monkeypatch.delenv("THAKUR_DATA_DIR")
    assert host_settings(argparse.Namespace()).data_dir == Path("/from/dotenv")
    assert host_settings(argparse.Namespace(data_dir="/from/flag")).data_dir == Path("/from/flag")


def test_client_verbs_read_no_dotenv(thakur, tmp_path, data_dir):
    (tmp_path / ".env").write_text("THAKUR_API_URL=http://127.0.0.1:9\nTHAKUR_PROJECT=theirs\n")
    assert f"No server runs on {data_dir}." in thakur("projects").err
