import os

import pytest

from thakur.cli.interface import FolderUnreadable
from thakur.cli.sending.folder import selected


def sent(folder, *, is_dirty=False):
    with selected(folder, is_dirty=is_dirty) as selection:
        return selection, {entry.name: entry.target or b"".join(entry.read()).decode() for entry in selection.entries}


def test_head_is_sent_and_not_the_working_tree(repository):
    commit = repository.commit({"a": "old", "b": "same", "gone": "there"}, "Begin")
    repository.write({"a": "new", "loose": "x"})
    (repository.path / "gone").unlink()

    selection, files = sent(repository.path)

    assert files == {"a": "old", "b": "same", "gone": "there"}
    assert (selection.commit, selection.message) == (commit, "Begin")
    assert selection.notes == ("Left out: 3 changed or untracked files. Send them too with --dirty.",)


def test_a_clean_tree_leaves_nothing_out(repository):
    repository.commit({".gitignore": "dist\n", "a": "1"})
    repository.write({"dist/x": "made", "node_modules/y": "made", ".env": "SECRET=1"})
    selection, files = sent(repository.path)
    assert set(files) == {".gitignore", "a"}
    assert selection.notes == ()


def test_dirty_sends_the_working_tree_without_what_is_ignored(repository):
    repository.commit({".gitignore": "dist\n", "a": "old", "gone": "there"})
    repository.write({"a": "new", "loose": "x", "staged": "y", "dist/x": "made", ".env": "SECRET=1"})
    repository.git("add", "staged")
    (repository.path / "gone").unlink()

    selection, files = sent(repository.path, is_dirty=True)

    assert files == {".gitignore": "dist\n", "a": "new", "loose": "x", "staged": "y"}
    assert selection.commit is None
    assert selection.notes == ("With 4 changed or untracked files.",)


def test_dirty_on_a_clean_tree_is_still_the_commit(repository):
    commit = repository.commit({"a": "1"})
    assert sent(repository.path, is_dirty=True)[0].commit == commit


def test_a_folder_in_a_work_tree_is_sent_alone(repository):
    repository.commit({"web/index.html": "hi", "api/x": "no"})
    repository.write({"api/loose": "not counted"})
    selection, files = sent(repository.path / "web")
    assert files == {"index.html": "hi"}
    assert selection.notes == ()


def test_links_stay_links_and_modes_stay(repository):
    repository.write({"run.sh": "#!/bin/sh", "plain": ""})
    (repository.path / "run.sh").chmod(0o755)
    (repository.path / "link").symlink_to("run.sh")
    repository.git("add", "-A")
    repository.git("commit", "-q", "-m", "x")
    for is_dirty in (False, True):
        selection, files = sent(repository.path, is_dirty=is_dirty)
        assert files["link"] == "run.sh"
        assert {entry.name for entry in selection.entries if entry.is_executable and not entry.target} == {"run.sh"}
        assert selection.commit


def test_a_submodule_is_left_out_and_said(repository, tmp_path):
    commit = repository.commit({"a": "1"})
    repository.git("update-index", "--add", "--cacheinfo", f"160000,{commit},lib")
    repository.git("commit", "-q", "-m", "lib")
    selection, files = sent(repository.path)
    assert set(files) == {"a"}
    assert "1 submodule" in selection.notes[0]


def test_a_folder_that_is_not_committed_is_refused_with_the_way(repository):
    repository.commit({"a": "1"})
    repository.write({"new/index.html": "hi"})
    with pytest.raises(FolderUnreadable) as refused:
        sent(repository.path / "new")
    assert "--dirty" in refused.value.hint
    assert sent(repository.path / "new", is_dirty=True)[1] == {"index.html": "hi"}


def test_a_folder_that_git_ignores_is_sent_as_it_is(repository):
    repository.commit({".gitignore": "out\n"})
    repository.write({"out/index.html": "hi"})
    assert sent(repository.path / "out")[1] == {"index.html": "hi"}


def test_without_a_commit_the_files_are_sent(repository):
    repository.write({"a": "1"})
    selection, files = sent(repository.path)
    assert files == {"a": "1"}
    assert selection.notes == ("Nothing is committed yet: the files are sent as they are.",)


def test_any_other_folder_is_sent_without_modules_history_and_secrets(tmp_path):
    wanted = {
        "index.html": "hi",
        "src/a.js": "a",
        "src/.hidden": "h",
        "keep.log": "k",
        ".gitignore": "*.log\n!keep.log\n",
    }
    unwanted = {
        "node_modules/x/y": "", "src/node_modules/z": "", ".env": "S", ".env.local": "S", "src/.env.production": "S",
        "a.log": "", "sub/.git": "gitdir: x",
    }  # fmt: skip
    for name, text in (wanted | unwanted).items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    assert sent(tmp_path)[1] == wanted


def test_a_link_out_and_a_pipe_do_not_lead_astray(tmp_path):
    (tmp_path / "app").mkdir()
    (tmp_path / "app/out").symlink_to("/etc")
    (tmp_path / "app/dangling").symlink_to("nowhere")
    os.mkfifo(tmp_path / "app/pipe")
    assert sent(tmp_path / "app")[1] == {"out": "/etc", "dangling": "nowhere"}


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads everything")
def test_an_unreadable_file_is_named(tmp_path):
    (tmp_path / "secret").write_text("x")
    (tmp_path / "secret").chmod(0)
    with pytest.raises(FolderUnreadable, match="secret"):
        sent(tmp_path)
