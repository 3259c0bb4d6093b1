"""What a newcomer does wrong, and what is odd about real folders: refused in plain words, or served all the same."""

import os
import signal
import subprocess
from pathlib import Path

import pytest

from support.server import Server
from support.waiting import eventually

MEGABYTE = 1024 * 1024


@pytest.mark.parametrize(("name", "suggested"), [("My Shop", "my-shop"), ("api", "my-api"), ("a-git-b", "a-b")])
def test_a_name_that_cannot_be_used_gets_a_suggestion(
    server: Server, tmp_path: Path, name: str, suggested: str
) -> None:
    (tmp_path / "index.html").write_text("page")

    done = server.run("deploy", str(tmp_path), "--project", name, check=False)

    assert done.status == 1
    assert f"Try {suggested}." in done.err


def test_an_empty_folder_leaves_no_project(server: Server, tmp_path: Path) -> None:
    done = server.run("deploy", str(tmp_path), "--project", "nothing", check=False)

    assert (done.status, done.out) == (1, "")
    assert "There is no file to send." in done.err
    assert "nothing" not in [row["name"] for row in server.run("projects", "--json").json()]


def test_a_folder_that_nothing_recognises_says_what_was_looked_for(server: Server, tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text("words")

    done = server.run("deploy", str(tmp_path), "--project", "words", "--json", check=False)

    failure = done.json()["failure"]
    assert failure["code"] == "nothing_recognised"
    assert "package.json" in failure["why"]
    assert "start script" in failure["next"]


def test_more_than_500_mb_are_refused_and_none_of_it_stays(server: Server, tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text("page")
    with (tmp_path / "large.bin").open("wb") as large:
        for _ in range(600):
            large.write(os.urandom(MEGABYTE))

    done = server.run("deploy", str(tmp_path), "--project", "large", check=False)

    assert done.status == 1
    assert "over 500.0 MB when packed. Largest: large.bin 600.0 MB" in done.err
    kept = [path.stat().st_size for path in (server.data_dir / "uploads").rglob("*") if path.is_file()]
    assert max(kept, default=0) < MEGABYTE * 100


def test_a_link_that_leaves_the_folder_is_refused_by_its_name(server: Server, tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text("page")
    (tmp_path / "outside.txt").symlink_to("/etc/passwd")

    done = server.run("deploy", str(tmp_path), "--project", "links", check=False)

    assert done.status == 1
    assert "'outside.txt' is a link that leaves the folder" in done.err


def test_odd_names_are_served(server: Server, tmp_path: Path) -> None:
    for name in ("index.html", "sp ace.html", "ünï.html", "new\nline.html"):
        (tmp_path / name).write_text(f"page {name}")
    (tmp_path / "inside.html").symlink_to("index.html")
    os.mkfifo(tmp_path / "pipe")

    server.deploy(tmp_path, "odd")

    for path in ("/", "/sp%20ace.html", "/%C3%BCn%C3%AF.html", "/new%0Aline.html", "/inside.html"):
        assert server.get("odd", path).status == 200, path


def test_a_folder_of_a_work_tree_sends_what_is_committed_there(server: Server, tmp_path: Path) -> None:
    web = tmp_path / "apps" / "web"
    web.mkdir(parents=True)
    (web / "index.html").write_text("committed")
    git = ["git", "-c", "user.name=a", "-c", "user.email=a@example.com"]
    for words in (["init", "-q"], ["add", "-A"], ["commit", "-qm", "Begin"]):
        subprocess.run([*git, *words], cwd=tmp_path, check=True)
    (web / "index.html").write_text("changed")
    (web / "new.html").write_text("new")

    clean = server.run("deploy", str(web), "--project", "tree")

    assert "Left out: 2 changed or untracked files." in clean.err
    assert clean.out.strip() == f"http://tree.localhost:{server.http.split(':')[1]}"
    assert server.get("tree").text == "committed"
    server.run("deploy", str(web), "--project", "tree", "--dirty")
    assert server.get("tree").text == "changed"


async def test_an_interrupted_deploy_goes_on_without_who_asked(server: Server, tmp_path: Path) -> None:
    (tmp_path / "package.json").write_text('{"scripts": {"build": "sleep 2", "start": "bun server.ts"}}')
    (tmp_path / "server.ts").write_text("Bun.serve({ port: process.env.PORT, fetch: () => new Response('late') })")
    command = [*server.thakur, "deploy", str(tmp_path), "--project", "late"]
    with subprocess.Popen(command, env=server.env, stderr=subprocess.PIPE, text=True) as asking:
        assert asking.stderr is not None
        for line in asking.stderr:
            if "Building" in line:
                asking.send_signal(signal.SIGINT)
                break
        rest = asking.stderr.read()

    assert asking.returncode == 130
    assert "Build #1 goes on. Look at it with: thakur logs -f --project late --build 1" in rest
    await eventually(lambda: server.get("late").text == "late", within_seconds=20)
