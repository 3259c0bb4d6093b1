import io

import pytest

from thakur.cli import output


class Terminal(io.StringIO):
    def isatty(self):
        return True


@pytest.fixture
def terminal(monkeypatch):
    # pytest puts its own streams in place between a fixture and its test, so the test itself switches.
    def switch():
        terminal = Terminal()
        monkeypatch.setattr("sys.stdout", terminal)
        monkeypatch.setattr("sys.stderr", terminal)
        monkeypatch.setenv("COLUMNS", "40")
        return terminal

    return switch


def test_a_table_fits_the_terminal(terminal):
    screen = terminal()
    output.table(["number", "message"], [["#1", "x" * 100], ["#2", "short"]], "none")
    for line in screen.getvalue().splitlines():
        assert len(output.safe(line)) <= 40
    assert "x…" in screen.getvalue()


def test_every_wide_column_gives_way(terminal):
    screen = terminal()
    output.table(["number", "message", "url"], [["#1", "x" * 100, "y" * 30]], "none")
    assert all(len(output.safe(line)) <= 40 for line in screen.getvalue().splitlines())
    assert {"x" * 14 + "…", "y" * 14 + "…"} <= set(screen.getvalue().split())


def test_where_columns_do_not_fit_rows_are_paragraphs(terminal, monkeypatch):
    screen = terminal()
    monkeypatch.setenv("COLUMNS", "20")
    output.table(["number", "message"], [["#1", "x" * 30], ["#2", "short"]], "none")
    output.table(["a", "b", "c"], [["x" * 30, "y" * 30, "z"]], "none")
    assert screen.getvalue().endswith(f"a  {'x' * 30}\nb  {'y' * 30}\nc  z\n")


def test_a_table_in_a_pipe_is_whole(capsys):
    output.table(["number", "message"], [["#1", "x" * 300]], "none")
    assert capsys.readouterr().out == f"NUMBER  MESSAGE\n#1      {'x' * 300}\n"


def test_progress_is_for_terminals_only(capsys, terminal):
    output.progress("Sent 1 MB")
    assert capsys.readouterr().err == ""
    screen = terminal()
    output.progress("Sent 1 MB")
    assert "Sent 1 MB" in screen.getvalue()


def test_progress_stands_below_what_is_said(terminal):
    screen = terminal()
    output.progress(("Build", output.BOLD), " 2 s")
    output.say("a line")
    output.progress()
    output.say("the end")
    standing = "\x1b[1mBuild\x1b[0m 2 s"
    assert screen.getvalue() == f"\r\x1b[K{standing}\r\x1b[Ka line\n{standing}\r\x1b[Kthe end\n"


def test_no_color_where_it_is_not_wanted(terminal, monkeypatch):
    monkeypatch.setenv("NO_COLOR", "1")
    screen = terminal()
    output.say("red", output.RED)
    output.log_line({"level": "error", "text": "No \x1b[1mway\x1b[0m"}, screen)
    assert screen.getvalue() == "red\nNo way\n"


def test_a_level_is_seen_in_a_pipe_and_colored_on_a_terminal(terminal):
    line = {"level": "error", "text": "No \x1b[1mway\x1b[0m"}
    screen = terminal()
    output.log_line(line, screen)
    assert screen.getvalue() == "\x1b[31mNo \x1b[1mway\x1b[0m\x1b[0m\n"
    pipe = io.StringIO()
    output.log_line(line, pipe)
    assert pipe.getvalue() == "error: No way\n"


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        ("\x1b[2J\x1b[Hx", "x"), ("\x1b]52;c;aGk=\x07x", "x"), ("\x1b]0;t\x1b\\x", "x"), ("a\x00\x08\x7fb", "ab"),
        ("\x1bP1$q\x1b\\x", "1$qx"), ("\x1b", ""), ("tab\there", "tab\there"), ("\x9b2Jx", "2Jx"), ("a\nb", "a b"),
    ],
)  # fmt: skip
def test_text_cannot_drive_a_terminal(raw, shown):
    assert output.safe(raw) == shown
    assert output.safe(raw, keep_color=True) == shown
