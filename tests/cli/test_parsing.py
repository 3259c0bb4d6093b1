import argparse
from pathlib import Path

import pytest

from thakur.cli.parsing import host_settings, refusal


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


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("deplyo", "."), "thakur has no verb deplyo.\nDid you mean: thakur deploy\n"),
        (("xyzzy",), "thakur has no verb xyzzy.\nSee what there is: thakur --help\n"),
        (("projects", "craete"), "thakur projects has no verb craete.\nDid you mean: thakur projects create\n"),
        (("cancel",), "thakur cancel needs N.\nFor example: thakur cancel 97 --project shop\n"),
        (("builds", "--limit", "x"), "Argument --limit: invalid int value: 'x'.\nSee: thakur builds --help\n"),
        (("builds", "--all"), "thakur does not know --all.\nSee: thakur --help\n"),
    ],
)
def test_a_line_that_is_not_understood_ends_with_the_next_to_type(thakur, words, told):
    ran = thakur(*words)
    assert (ran.status, ran.out, ran.err) == (2, "", told)


def test_later_pythons_write_choices_without_quotes():
    message = "argument VERB: invalid choice: 'pss' (choose from serve, login-link, ps)"
    assert refusal("thakur", message, "") == ("thakur has no verb pss.", "Did you mean: thakur ps")
