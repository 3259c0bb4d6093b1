"""Tests of thakur team."""

import json


def test_who_is_in_the_team(thakur, server):
    shown = thakur("team")

    assert [line.split()[:2] for line in shown.out.splitlines()] == [
        ["USER", "ROLE"],
        ["ada", "owner"],
        ["ben", "viewer"],
    ]
    assert [row["user"] for row in json.loads(thakur("team", "members", "--team", "default", "--json").out)] == [
        "ada",
        "ben",
    ]


def test_an_invitation_is_the_only_line_on_standard_output(thakur, server):
    made = thakur("team", "invite", "--role", "admin")

    assert made.out == "http://127.0.0.1:8000/login/link/secret-1\n"
    assert "admin of default" in made.err


def test_a_role_is_changed_and_a_member_removed(thakur, server):
    assert thakur("team", "role", "ben", "member").status == 0
    assert server.doubles.teams.roles["ben"] == "member"
    assert thakur("team", "remove", "ben").status == 0
    assert list(server.doubles.teams.roles) == ["ada"]
    assert thakur("team", "role", "ben", "king").status == 2


def test_another_team_is_made_and_listed(thakur, server):
    assert thakur("team", "create", "others").status == 0
    assert [line.split() for line in thakur("team", "list").out.splitlines()[1:]] == [
        ["default", "owner"],
        ["others", "owner"],
    ]


def test_who_may_sign_in_with_github_is_listed_and_changed(thakur, server):
    assert "Nobody but members" in thakur("team", "allowed").err

    allowed = thakur("team", "allow", "acme/web", "--role", "viewer")
    assert "Everybody in acme/web may sign in" in allowed.err
    assert [line.split()[:3] for line in thakur("team", "allowed").out.splitlines()[1:]] == [
        ["acme/web", "team", "viewer"]
    ]
    assert thakur("team", "disallow", "ACME/web").status == 0
    assert server.doubles.allowances.rows == []
    gone = thakur("team", "disallow", "acme/web")
    assert gone.status != 0
    assert "is not on the list" in gone.err
