"""Tests of thakur login-link."""

import json


def test_a_link_for_the_owner_or_a_user(thakur, server):
    first = thakur("login-link")
    named = thakur("login-link", "--user", "ada", "--json")

    assert first.out == "http://127.0.0.1:8000/login/link/secret-1\n"
    assert "makes the owner" in first.err
    assert json.loads(named.out)["user"] == "ada"
    assert thakur("login-link", "--user", "nobody").status == 1


def test_it_asks_the_server_of_this_host_whatever_else_is_named(thakur, server, monkeypatch):
    monkeypatch.setenv("THAKUR_API_URL", "http://127.0.0.1:1")
    monkeypatch.setenv("THAKUR_TOKEN", "thk_x")

    assert thakur("login-link").status == 0
