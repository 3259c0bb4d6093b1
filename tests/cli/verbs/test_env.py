import io
import json

import pytest

from support.services import make_deployment
from thakur.projects import Phase, Scope

P, V = Scope.PRODUCTION, Scope.PREVIEW


@pytest.fixture
def shop(thakur, server):
    thakur("projects", "create", "shop")
    return server.doubles.env_vars


class Terminal:
    isatty = staticmethod(lambda: True)


class Pipe(io.TextIOWrapper):
    def __init__(self, data: bytes) -> None:
        super().__init__(io.BytesIO(data))


def test_values_are_set_by_value_and_kept_to_the_byte(thakur, shop):
    ran = thakur("env", "set", "A=1", "URL=x?a=b&c==", "EMPTY=", "--project", "shop")

    assert (ran.status, ran.out) == (0, "")
    assert shop.values == {(1, P, "A"): "1", (1, P, "URL"): "x?a=b&c==", (1, P, "EMPTY"): ""}
    assert ran.err == "Set A, URL, EMPTY for production.\nThe next deploy gets it.\n"


def test_a_value_comes_from_a_file_to_the_byte(thakur, shop, tmp_path):
    (tmp_path / "key.pem").write_bytes(b"-----BEGIN-----\r\nabc\n\n")

    thakur("env", "set", "KEY", "--from-file", tmp_path / "key.pem", "--project", "shop", "--start-only")

    assert shop.values == {(1, P, "KEY"): "-----BEGIN-----\r\nabc\n\n"}
    assert shop.phases == {(1, P, "KEY"): Phase.START}


def test_a_value_comes_from_standard_input(thakur, shop, monkeypatch):
    monkeypatch.setattr("sys.stdin", Pipe(b"from a pipe\n"))

    thakur("env", "set", "KEY", "--from-file", "-", "--project", "shop")

    assert shop.values == {(1, P, "KEY"): "from a pipe\n"}


def test_a_key_alone_asks_and_shows_nothing(thakur, shop, monkeypatch):
    asked = []
    monkeypatch.setattr("sys.stdin", Terminal)
    monkeypatch.setattr("getpass.getpass", lambda prompt: asked.append(prompt) or "typed canary")

    ran = thakur("env", "set", "TOKEN", "A=1", "--project", "shop")

    assert asked == ["TOKEN: "]
    assert shop.values == {(1, P, "TOKEN"): "typed canary", (1, P, "A"): "1"}
    assert "canary" not in ran.out + ran.err


def test_a_key_alone_without_a_terminal_says_the_ways(thakur, shop, monkeypatch):
    monkeypatch.setattr("sys.stdin", Pipe(b""))

    ran = thakur("env", "set", "TOKEN", "--project", "shop")

    assert ran.status == 2
    assert "--from-file" in ran.err
    assert shop.values == {}


@pytest.mark.parametrize("words", [["A=1", "--from-file", "f"], ["A", "B", "--from-file", "f"], []])
def test_what_makes_no_sense_is_wrong_usage(thakur, shop, words):
    assert thakur("env", "set", *words, "--project", "shop").status == 2
    assert shop.values == {}


def test_a_file_that_is_no_text_is_refused_without_its_content(thakur, shop, tmp_path):
    (tmp_path / "f").write_bytes(b"canary\xff")

    ran = thakur("env", "set", "A", "--from-file", tmp_path / "f", "--project", "shop")

    assert ran.status == 1
    assert "UTF-8" in ran.err
    assert "canary" not in ran.err
    assert thakur("env", "import", tmp_path / "none", "--project", "shop").status == 1
    assert thakur("env", "set", "A=\udcff", "--project", "shop").status == 2


def test_a_refused_name_sets_nothing_and_says_why(thakur, shop):
    ran = thakur("env", "set", "A=1", "PORT=80", "--project", "shop")

    assert (ran.status, shop.values) == (1, {})
    assert ran.err.startswith("PORT is reserved.")


def test_the_list_shows_names_and_no_values(thakur, shop):
    thakur("env", "set", "TOKEN=canary", "--build-only", "--project", "shop")
    thakur("env", "set", "TOKEN=canary", "--preview", "--project", "shop")

    ran = thakur("env", "list", "--project", "shop")
    assert [line.split()[:3] for line in ran.out.splitlines()[1:]] == [
        ["TOKEN", "preview", "build"],
        ["TOKEN", "production", "build"],
    ]
    assert "canary" not in ran.out
    assert thakur("env", "--project", "shop").out == ran.out
    only = json.loads(thakur("env", "list", "--preview", "--project", "shop", "--json").out)
    assert [(row["name"], row["scope"], row["phase"]) for row in only] == [("TOKEN", "preview", "both")]


def test_an_empty_list_names_the_way_to_one(thakur, shop):
    assert "thakur env set KEY=VALUE --project shop" in thakur("env", "list", "--project", "shop").err


def test_unset_forgets_all_that_are_named_or_none(thakur, shop):
    thakur("env", "set", "A=1", "B=2", "C=3", "--project", "shop")

    ran = thakur("env", "unset", "A", "NOPE", "--project", "shop")
    assert (ran.status, len(shop.values)) == (2, 3)
    assert "NOPE" in ran.err

    ran = thakur("env", "unset", "A", "B", "A", "--project", "shop", "--json")
    assert (ran.status, list(shop.values)) == (0, [(1, P, "C")])
    assert json.loads(ran.out)["names"] == ["A", "B"]


def test_a_dotenv_is_imported_from_a_file_or_a_pipe(thakur, shop, tmp_path, monkeypatch):
    (tmp_path / ".env").write_text("A=1\nPORT=3000\n")
    ran = thakur("env", "import", tmp_path / ".env", "--project", "shop")
    assert ran.err.startswith("Left out: PORT is reserved.")
    assert "Set A for production." in ran.err

    monkeypatch.setattr("sys.stdin", Pipe(b"\xef\xbb\xbfB='x\r\ny'\r\n"))
    thakur("env", "import", "-", "--preview", "--both", "--project", "shop")
    assert shop.values == {(1, P, "A"): "1", (1, V, "B"): "x\ny"}


def test_a_dotenv_is_shown_without_setting_it(thakur, shop, tmp_path):
    (tmp_path / ".env").write_text("A=1\nPORT=3000\nB=canary\n")
    thakur("env", "set", "A=1", "--project", "shop")

    ran = thakur("env", "import", tmp_path / ".env", "--dry-run", "--project", "shop")
    rows = json.loads(thakur("env", "import", tmp_path / ".env", "--dry-run", "--json", "--project", "shop").out)

    assert [line.split()[:3] for line in ran.out.splitlines()[1:]] == [
        ["unchanged", "A", "1"],
        ["refused", "PORT", "2"],
        ["new", "B", "3"],
    ]
    assert [row["status"] for row in rows] == ["unchanged", "refused", "new"]
    assert "canary" not in ran.out + ran.err
    assert shop.values == {(1, P, "A"): "1"}

    assert "Already so: A." in thakur("env", "import", tmp_path / ".env", "--project", "shop").err


def test_a_change_names_the_command_that_brings_it_to_what_is_live(thakur, server, shop):
    server.doubles.runtime.rows[1, 7] = make_deployment(1, 7)

    both = thakur("env", "set", "A=1", "--project", "shop").err
    build = thakur("env", "set", "B=1", "--build-only", "--project", "shop").err
    preview = thakur("env", "set", "A=1", "--preview", "--project", "shop").err

    assert "thakur redeploy --project shop" in both
    assert "redeploy" not in build
    assert "thakur deploy FOLDER --project shop" in build
    assert "redeploy" not in preview


def test_a_value_on_the_command_line_is_warned_of_on_a_terminal(thakur, shop, monkeypatch):
    assert "history" not in thakur("env", "set", "A=1", "--project", "shop").err

    monkeypatch.setattr("thakur.cli.verbs.env.is_watched", lambda: True)
    assert "history" in thakur("env", "set", "A=1", "--project", "shop").err


def test_a_change_can_redeploy_at_once(thakur, server, shop):
    server.doubles.runtime.rows[1, 7] = make_deployment(1, 7)

    ran = thakur("env", "set", "A=1", "--redeploy", "--json", "--project", "shop")

    assert server.doubles.rollouts.asked == [("redeploy to production", 8)]
    assert (ran.status, json.loads(ran.out)["number"]) == (0, 8)


@pytest.mark.parametrize(("typed", "asked"), [("y\n", 1), ("YES\n", 1), ("\n", 0), ("n\n", 0), ("", 0)])
def test_a_person_is_offered_the_redeploy(thakur, server, shop, monkeypatch, typed, asked):
    server.doubles.runtime.rows[1, 7] = make_deployment(1, 7)
    monkeypatch.setattr("thakur.cli.verbs.env.is_watched", lambda: True)
    monkeypatch.setattr("sys.stdin", io.StringIO(typed))

    ran = thakur("env", "set", "A=1", "--start-only", "--project", "shop")

    assert "Redeploy now? [y/N]" in ran.err
    assert len(server.doubles.rollouts.asked) == asked
