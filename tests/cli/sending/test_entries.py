import pytest

from thakur.cli.sending.entries import entry_of, is_kept


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("src/index.js", True), (".env", False), ("a/.env.local", False), (".git", False), (".gitignore", True),
        ("x/node_modules/y", False), ("node_modules.md", True), ("my.env", True), (".github/x.yml", True),
    ],
)  # fmt: skip
def test_modules_history_and_secrets_are_not_kept(name, kept):
    assert is_kept(name) is kept


def test_an_entry_is_read_from_disk_as_often_as_asked(tmp_path):
    (tmp_path / "a").write_bytes(b"x" * 600_000)
    entry = entry_of(tmp_path, "a")
    assert (entry.size_bytes, entry.target, entry.is_executable) == (600_000, None, False)
    assert b"".join(entry.read()) == b"".join(entry.read()) == b"x" * 600_000


def test_a_directory_is_no_entry(tmp_path):
    (tmp_path / "d").mkdir()
    assert entry_of(tmp_path, "d") is None
