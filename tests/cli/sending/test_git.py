import os

import pytest

from thakur.cli.sending.git import Git


def test_a_folder_outside_any_work_tree_has_no_repository(tmp_path):
    assert Git.of(tmp_path) is None


def test_head_tells_commit_and_message(repository):
    assert Git.of(repository.path).head() is None
    commit = repository.commit({"a": "1"}, "Fix the thing\n\nAt length.")
    head = Git.of(repository.path).head()
    assert (head.commit, head.message) == (commit, "Fix the thing")
    assert head.at == int(repository.git("log", "-1", "--format=%ct"))


def test_names_are_relative_to_the_folder(repository):
    repository.commit({"web/a b.js": "1", "web/deep/ü.js": "22", "other": "3"})
    repository.write({"web/new": "", "new": ""})
    git = Git.of(repository.path / "web")
    assert [(blob.name, blob.size_bytes) for blob in git.blobs()] == [("a b.js", 1), ("deep/ü.js", 2)]
    assert git.untracked() == {"new"}
    assert git.indexed() == {"a b.js", "deep/ü.js"}


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a clone to another user")
def test_a_clone_of_another_user_is_read(repository):
    commit = repository.commit({"a": "1"})
    for path in (repository.path, *repository.path.rglob("*")):
        os.chown(path, 12345, 12345)
    assert Git.of(repository.path).head().commit == commit


def test_nothing_that_the_repository_configures_is_run(repository, tmp_path):
    repository.commit({".gitattributes": "* filter=evil diff=evil\n", "a": "1"})
    touch = f"touch {tmp_path / 'ran'}"
    for key in ("core.fsmonitor", "filter.evil.clean", "filter.evil.smudge", "diff.evil.textconv", "gpg.program"):
        repository.git("config", key, touch)
    repository.git("config", "log.showSignature", "true")
    repository.write({"a": "2", "b": "3"})

    git = Git.of(repository.path)
    git.head(), git.indexed(), git.untracked()
    with git.contents() as contents:
        assert [b"".join(contents.read(blob)) for blob in git.blobs()] == [b"* filter=evil diff=evil\n", b"1"]

    assert not (tmp_path / "ran").exists()


def test_a_missing_blob_is_not_fetched_by_a_command_of_the_repositorys(repository, tmp_path):
    repository.commit({"a": "1"})
    blob = Git.of(repository.path).blobs()[0]
    (repository.path / ".git/objects" / blob.object_id[:2] / blob.object_id[2:]).unlink()
    repository.git("config", "remote.origin.url", f"ext::touch {tmp_path / 'ran'}")
    repository.git("config", "remote.origin.promisor", "true")
    repository.git("config", "extensions.partialClone", "origin")
    repository.git("config", "core.repositoryFormatVersion", "1")
    repository.git("config", "protocol.ext.allow", "always")

    from thakur.cli.interface import FolderUnreadable

    with Git.of(repository.path).contents() as contents, pytest.raises(FolderUnreadable):
        list(contents.read(blob))
    assert not (tmp_path / "ran").exists()


def test_a_hooks_variables_do_not_lead_elsewhere(repository, tmp_path, monkeypatch):
    commit = repository.commit({"a": "1"})
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "other"))
    monkeypatch.setenv("GIT_INDEX_FILE", str(tmp_path / "index"))
    assert Git.of(repository.path).head().commit == commit
