import re
import subprocess
import sys

import pytest

from support.fake_accounts import OPERATOR
from thakur.cli.command import VERBS

NAMES = [verb.__name__.rpartition(".")[2].replace("_", "-") for verb in VERBS]


@pytest.mark.parametrize("verb", NAMES)
def test_every_verb_has_help_with_an_example(thakur, verb):
    ran = thakur(verb, "--help")
    assert ran.status == 0
    assert re.search(rf"example:\n  thakur {verb}", ran.out)


@pytest.mark.parametrize("verb", [name for name in NAMES if name != "serve"])
def test_every_verb_but_serve_has_json(thakur, verb):
    assert "--json" in thakur(verb, "--help").out


@pytest.mark.parametrize(
    "argv", [[], ["nope"], ["logs", "--build", "x"], ["logs", "--build", "1", "--deployment", "1"]]
)
def test_wrong_usage_has_status_2(thakur, argv):
    assert thakur(*argv).status == 2


def test_help_loads_no_library():
    code = "import sys; from thakur.cli import main; main(['--help']); print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    heavy = {"asyncio", "msgspec", "litestar", "sqlalchemy", "http.client", "ssl", "thakur.settings", "dataclasses"}
    assert not heavy & set(done.stdout.split())


def test_without_a_server_the_next_command_is_named(thakur, data_dir):
    ran = thakur("projects")
    assert ran.status == 1
    assert ran.err == (
        f"No server runs on {data_dir}.\n"
        "Start one with: thakur serve, or name another server's directory in THAKUR_DATA_DIR.\n"
    )
    assert ran.out == ""


def test_a_wrong_setting_is_no_traceback(thakur, monkeypatch):
    monkeypatch.setenv("THAKUR_API_URL", "ftp://x")
    ran = thakur("projects")
    assert (ran.status, ran.err) == (1, "THAKUR_API_URL begins with ftp.\nUse one of: http, https.\n")


def test_output_into_a_closed_pipe_is_quiet(server):
    for number in range(200):
        server.call(server.doubles.projects.create(OPERATOR, f"p{number}"))
    argv = [sys.executable, "-m", "thakur", "projects"]
    listing = subprocess.Popen(argv, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    listing.stdout.close()
    assert b"Traceback" not in listing.stderr.read()
    listing.stderr.close()
    listing.wait()
