import json
import os

import pytest
from backports import zstd

from support.services import entries, make_deployment
from thakur.accounts import ActionForbidden
from thakur.builds import BuildStatus, Failure
from thakur.logs import Level
from thakur.runtime import DeploymentStatus


@pytest.fixture
def folder(tmp_path):
    folder = tmp_path / "My Shop"
    folder.mkdir()
    (folder / "index.html").write_text("hello")
    return folder


def test_a_folder_goes_live_and_the_url_comes_last(thakur, goes_live, folder):
    ran = thakur("deploy", folder, "--project", "shop")
    assert ran.status == 0, ran.err
    assert ran.out == "http://shop.localhost:8080\n"
    for told in ("Created project shop.", "Sending 1 file of My Shop to shop.", "Installing", "1 package installed"):
        assert told in ran.err
    assert b"hello" in zstd.decompress(goes_live.builds.uploads[1])


def test_json_is_the_summary_and_nothing_else(thakur, goes_live, folder):
    summary = json.loads(thakur("deploy", folder, "--project", "shop", "--json").out)
    assert summary.pop("seconds") >= 0
    assert summary == {"project": "shop", "number": 1, "status": "active", "url": "http://shop.localhost:8080"}


def test_the_project_is_named_after_the_folder_and_then_remembered(thakur, goes_live, folder, monkeypatch):
    assert "Created project my-shop." in thakur("deploy", folder).err
    thakur("deploy", folder, "--project", "shop")

    monkeypatch.chdir(folder)
    again = thakur("deploy")

    assert "to shop." in again.err
    assert "Created" not in again.err
    assert "#2" in thakur("builds").out


def test_a_commit_is_named(thakur, goes_live, repository):
    commit = repository.commit({"index.html": "hi"}, "Fix it")
    repository.write({"loose": ""})
    ran = thakur("deploy", repository.path)
    source = goes_live.builds.rows[1, 1].source
    assert (source.commit, source.message, source.folder) == (commit, "Fix it", "shop")
    assert "Left out: 1 changed or untracked file." in ran.err


def test_a_failed_build_says_what_why_and_what_next(thakur, server, folder):
    doubles = server.doubles
    failure = Failure(
        code="install", what="bun install ended with 1.", why="No such package.", next="Fix package.json."
    )

    async def pipeline(build):
        await doubles.logs.append(build.log_stream_id, entries("no such package"))
        doubles.builds.change(build, status=BuildStatus.FAILED, failure=failure)
        await doubles.logs.end(build.log_stream_id)

    doubles.builds.pipeline = pipeline
    doubles.runtime.rows[1, 9] = make_deployment(1, 9)
    ran = thakur("deploy", folder, "--project", "shop")

    assert (ran.status, ran.out) == (1, "")
    assert ran.err.endswith(
        "Build #1 failed. bun install ended with 1. No such package."
        " #9 is still live at http://shop.localhost:8080.\nFix package.json.\n"
    )
    summary = json.loads(thakur("deploy", folder, "--project", "shop", "--json").out)
    assert (summary["status"], summary["url"], summary["failure"]["code"]) == ("failed", None, "install")


def test_what_the_log_has_said_is_not_said_again(thakur, server, folder):
    doubles = server.doubles
    failure = Failure(code="install", what="bun install ended with 1.", why="No such package.", next="Fix it.")

    async def pipeline(build):
        await doubles.logs.append(build.log_stream_id, entries(failure.what, failure.why, level=Level.ERROR))
        doubles.builds.change(build, status=BuildStatus.FAILED, failure=failure)
        await doubles.logs.end(build.log_stream_id)

    doubles.builds.pipeline = pipeline
    ran = thakur("deploy", folder, "--project", "shop")

    assert ran.err.count(failure.what) == ran.err.count(failure.why) == 1
    assert ran.err.endswith("Build #1 failed.\nFix it.\n")


def test_a_deployment_that_is_refused_is_a_failure(thakur, server, folder):
    doubles = server.doubles

    async def pipeline(build):
        doubles.builds.change(build, status=BuildStatus.SUCCEEDED)
        failure = Failure(code="unhealthy", what="GET / answered 500.")
        doubles.runtime.rows[1, 1] = make_deployment(1, 1, status=DeploymentStatus.FAILED, failure=failure)
        await doubles.logs.end(build.log_stream_id)

    doubles.builds.pipeline = pipeline
    ran = thakur("deploy", folder, "--project", "shop")
    assert ran.status == 1
    assert "Deployment #1 failed. GET / answered 500." in ran.err


def test_interrupted_it_says_that_the_build_goes_on(thakur, server, folder, monkeypatch):
    def interrupted(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr("thakur.cli.following.outcome", interrupted)
    ran = thakur("deploy", folder, "--project", "shop")
    assert ran.status == 130
    assert "Build #1 goes on. Look at it with: thakur logs -f --project shop --build 1" in ran.err


@pytest.mark.parametrize("path", ["nowhere"])
def test_what_is_no_folder_is_wrong_usage(thakur, server, path):
    ran = thakur("deploy", path)
    assert ran.status == 2
    assert f"{path} is no folder." in ran.err
    assert server.doubles.projects.rows == []


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads everything")
def test_a_folder_of_somebody_else_is_wrong_usage(thakur, server, tmp_path):
    (tmp_path / "theirs").mkdir(mode=0o300)
    ran = thakur("deploy", tmp_path / "theirs")
    assert ran.status == 2
    assert ran.err.endswith("theirs cannot be read: Permission denied.\nRun this as a user who may.\n")


def test_an_empty_folder_asks_for_nothing(thakur, server, tmp_path):
    (tmp_path / "empty").mkdir()
    ran = thakur("deploy", tmp_path / "empty")
    assert ran.status == 1
    assert "There is no file to send." in ran.err
    assert "Created" not in ran.err
    assert server.doubles.builds.rows == {}


def test_a_server_that_refuses_in_the_middle_is_heard(thakur, server, tmp_path, monkeypatch):
    monkeypatch.setattr("thakur.api.body.UPLOAD_BYTES", 1000)
    (tmp_path / "big").mkdir()
    (tmp_path / "big/a").write_bytes(os.urandom(20_000_000))
    ran = thakur("deploy", tmp_path / "big", "--project", "shop")
    assert ran.status == 1
    assert "MB were sent." in ran.err
    assert ".gitignore" in ran.err
    assert server.doubles.builds.rows == {}


def test_a_fresh_build_is_asked_for(thakur, goes_live, folder):
    thakur("deploy", folder, "--project", "shop")
    thakur("deploy", folder, "--project", "shop", "--fresh")
    assert [goes_live.builds.rows[1, number].source.is_fresh for number in (1, 2)] == [False, True]


URL = "https://github.com/ada/shop"


def test_a_repository_goes_live_and_the_project_keeps_it(thakur, goes_live):
    ran = thakur("deploy", URL, "--ref", "v1")
    assert (ran.status, ran.out) == (0, "http://shop.localhost:8080\n")
    assert "Created project shop." in ran.err
    source = goes_live.builds.rows[1, 1].source
    assert (source.kind, source.url, source.ref) == ("git", URL, "v1")

    again = thakur("deploy", "--git", "--project", "shop")

    assert again.status == 0
    assert goes_live.builds.rows[1, 2].source.url == URL
    assert goes_live.repositories.rows[1].url == URL


def test_another_url_takes_the_place_of_the_first(thakur, goes_live):
    thakur("deploy", URL, "--project", "shop")
    ran = thakur("deploy", f"{URL}-two", "--project", "shop")
    assert f"shop keeps the repository {URL}-two in place of {URL}." in ran.err


def test_a_token_comes_from_a_file_and_is_not_shown(thakur, goes_live, tmp_path):
    (tmp_path / "token").write_text("s3cret\n")
    ran = thakur("deploy", URL, "--git-token-file", tmp_path / "token")
    assert goes_live.repositories.tokens == {1: "s3cret"}
    assert "s3cret" not in ran.out + ran.err


@pytest.mark.parametrize("url", ["git@github.com:ada/shop", "ssh://git@github.com/ada/shop", "file:///srv/shop"])
def test_a_refused_url_says_what_is_allowed_and_leaves_no_project(thakur, server, url):
    ran = thakur("deploy", url)
    assert ran.status == 1
    assert "https" in ran.err
    assert server.doubles.projects.rows == []


@pytest.mark.parametrize(
    "words",
    [
        ("--git", URL),
        (".", "--ref", "main"),
        (".", "--git-token-file", "x"),
        ("--git", "--project", "shop", "--git-token-file", "x"),
        (URL, "--dirty"),
    ],
)
def test_what_does_not_go_together_is_wrong_usage(thakur, server, words):
    assert thakur("deploy", *words).status == 2


def test_a_project_without_a_repository_says_how_to_name_one(thakur, server):
    thakur("projects", "create", "shop")
    ran = thakur("deploy", "--git", "--project", "shop")
    assert ran.status == 2
    assert "thakur deploy GIT_URL --project shop" in ran.err


def test_who_may_only_deploy_builds_a_repository_without_keeping_it(thakur, goes_live, monkeypatch):
    async def refuse(*_, **__):
        raise ActionForbidden("A token of the scope deploy may not change env vars and settings")

    monkeypatch.setattr(goes_live.repositories, "set", refuse)

    ran = thakur("deploy", URL, "--project", "shop")

    assert ran.status == 0
    assert "shop does not keep the repository" in ran.err
    assert goes_live.builds.rows[1, 1].source.url == URL
