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
