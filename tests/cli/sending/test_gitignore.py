import subprocess

import pytest

from thakur.cli.sending.gitignore import is_ignored, parse

NAMES = [
    "a", "a.log", "b/a.log", "build/x", "b/build/x", "doc/x.txt", "doc/y/x.txt", "doc/notes.txt", "src/a/b/c.js",
    "foo/bar", "x/foo/bar", "foo/z/bar", "#x", "!x", "sp ", "b[1]", "b1", "bb", "b!", "q?", "qq", "keep.log",
    "deep/er/keep.log", "tmp/keep", "\\back", "a-b", "z.TXT", "x.pyc", "x.pyo", "vendor/lib/one", "vendor/two",
]  # fmt: skip

FILES = [
    "*.log", "*.log\n!keep.log", "build/", "/build/", "build", "/a", "doc/*.txt", "doc/**/*.txt", "**/foo", "foo/**",
    "foo/**/bar", "**/foo/bar", "*", "*\n!*/\n!*.js", "\\#x", "\\!x", "#x", "sp\\ ", "sp ", "b[0-9]", "b[!0-9]",
    "b[^0-9]", "b\\[1\\]", "q?", "q\\?", "/*\n!/doc", "tmp/\n!tmp/keep", "tmp/*\n!tmp/keep", "\\\\back", "a[-]b", "[a-",
    "*.py[co]", "vendor/*/", "src/**/c.js", "src/*/c.js", "**", "/", "!", "", "doc/\r\n*.pyc\r\n", "\ufeff*.log",
    "b[[:digit:]]", "b[]1]", "**/", "a/", "x/**", "***", "foo/*",
]  # fmt: skip


@pytest.fixture(scope="module")
def tree(tmp_path_factory):
    root = tmp_path_factory.mktemp("ignored")
    subprocess.run(["git", "init", "-q", root], check=True)
    for name in NAMES:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text("")
    return root


@pytest.mark.parametrize("text", FILES)
def test_it_ignores_what_git_ignores(tree, text):
    (tree / ".gitignore").write_bytes(text.encode())
    answer = subprocess.run(
        ["git", "-C", tree, "ls-files", "-z", "--others", "--exclude-standard"], capture_output=True, check=True
    )
    shown = {name.decode() for name in answer.stdout.split(b"\0") if name} - {".gitignore"}

    assert {name for name in NAMES if not _is_left_out(name, text)} == shown


def _is_left_out(name, text):
    rules = (parse(text, ""),)
    parts = name.split("/")
    above = ["/".join(parts[:count]) for count in range(1, len(parts))]
    return any(is_ignored(rules, place, is_directory=True) for place in above) or is_ignored(
        rules, name, is_directory=False
    )


def test_a_deeper_file_overrules_an_outer_one():
    outer, inner = parse("*.log", ""), parse("!keep.log\n/only", "sub/")
    assert is_ignored((outer, inner), "sub/a.log", is_directory=False)
    assert not is_ignored((outer, inner), "sub/keep.log", is_directory=False)
    assert is_ignored((outer, inner), "sub/only", is_directory=False)
    assert not is_ignored((outer, inner), "sub/x/only", is_directory=False)
