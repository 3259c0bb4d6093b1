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


def test_a_table_in_a_pipe_is_whole(capsys):
    output.table(["number", "message"], [["#1", "x" * 300]], "none")
    assert capsys.readouterr().out == f"NUMBER  MESSAGE\n#1      {'x' * 300}\n"


def test_progress_is_for_terminals_only(capsys, terminal):
    output.progress("Sent 1 MB")
    assert capsys.readouterr().err == ""
    screen = terminal()
    output.progress("Sent 1 MB")
    assert "Sent 1 MB" in screen.getvalue()


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
