import json

from support.services import make_build
from thakur.builds import BuildStatus, Source


def test_builds_are_listed_newest_first(thakur, server):
    thakur("projects", "create", "shop")
    source = Source(digest="0" * 64, size_bytes=1, folder="shop", commit="a" * 40, message="Fix \x1b[2Jit")
    server.doubles.builds.rows[1, 1] = make_build(1, 1, status=BuildStatus.FAILED)
    server.doubles.builds.rows[1, 2] = make_build(1, 2, source=source)

    ran = thakur("builds", "--project", "shop")

    lines = ran.out.splitlines()
    assert lines[1].split()[:5] == ["#2", "queued", "shop", "aaaaaaa", "Fix"]
    assert lines[2].split()[:2] == ["#1", "failed"]
    assert "\x1b" not in ran.out
    assert [row["number"] for row in json.loads(thakur("builds", "--project", "shop", "--json").out)] == [2, 1]


def test_the_project_comes_from_the_flag_then_the_variable(thakur, server, monkeypatch):
    thakur("projects", "create", "shop")
    thakur("projects", "create", "blog")
    server.doubles.builds.rows[1, 1] = make_build(1, 1)
    missing = thakur("builds")
    assert missing.status == 2
    assert "--project NAME" in missing.err

    monkeypatch.setenv("THAKUR_PROJECT", "shop")
    assert "#1" in thakur("builds").out
    assert "No builds yet" in thakur("builds", "--project", "blog").err


def test_a_name_with_a_slash_is_no_path(thakur, server):
    assert thakur("builds", "--project", "../host").status == 1
