"""Tests of thakur tokens."""

import json
from datetime import timedelta

import pytest


def test_a_new_token_is_the_only_line_on_standard_output(thakur, server):
    made = thakur("tokens", "create", "ci", "--scope", "read", "--expires", "12w")

    assert (made.status, made.out) == (0, "thk_secret-of-ci\n")
    assert "shown this once" in made.err
    assert server.doubles.tokens.lives == {"ci": timedelta(days=84)}
    assert server.doubles.tokens.rows["ci"].scope == "read"


def test_tokens_are_listed_without_their_secrets(thakur, server):
    thakur("tokens", "create", "ci")
    thakur("tokens", "create", "laptop", "--scope", "all", "--expires", "never")

    listed = thakur("tokens")
    rows = json.loads(thakur("tokens", "--json").out)

    assert [line.split()[0] for line in listed.out.splitlines()] == ["NAME", "laptop", "ci"]
    assert "never" in listed.out
    assert "thk_secret" not in listed.out + json.dumps(rows)
    assert [(row["name"], row["scope"], bool(row["expires_at"])) for row in rows] == [
        ("laptop", "all", False),
        ("ci", "deploy", True),
    ]


def test_a_token_is_revoked_by_its_name(thakur, server):
    thakur("tokens", "create", "ci")

    assert thakur("tokens", "revoke", "ci").status == 0
    assert server.doubles.tokens.rows == {}
    assert thakur("tokens", "revoke", "ci").status == 1


@pytest.mark.parametrize("words", [("--expires", "soon"), ("--expires", "0d"), ("--scope", "root")])
def test_what_no_token_can_have_is_wrong_usage(thakur, server, words):
    assert thakur("tokens", "create", "ci", *words).status == 2
    assert server.doubles.tokens.rows == {}
