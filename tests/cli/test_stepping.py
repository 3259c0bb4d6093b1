"""Tests of the line of steps at a terminal's end."""

import io

from thakur.cli.stepping import steps_shown
from thakur.errors import Unavailable


class Terminal(io.StringIO):
    def isatty(self):
        return True


class Answers:
    """A client whose server has built, and placed, or cannot be reached."""

    def __init__(self, *, is_away=False):
        self.is_away = is_away

    def get(self, path):
        if self.is_away:
            raise Unavailable("Nobody answers")
        steps = [{"name": "unpack", "seconds": 1.0}] if "builds" in path else []
        status = "succeeded" if "builds" in path else "active"
        return {"source": {"kind": "upload"}, "steps": steps, "status": status, "failure": None}


def shown(client, monkeypatch):
    screen = Terminal()
    monkeypatch.setattr("sys.stderr", screen)
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.setenv("NO_COLOR", "1")
    with steps_shown(client, "shop", 1):
        pass
    return screen.getvalue()


def test_the_steps_stay_above_what_comes_next(monkeypatch):
    last = "✓ Upload 1.0s  ✓ Install  ✓ Build  ✓ Package  ✓ Start  ✓ Check  ✓ Switch\n"

    assert shown(Answers(), monkeypatch).endswith(last)


def test_a_server_that_does_not_answer_is_no_end(monkeypatch):
    assert shown(Answers(is_away=True), monkeypatch) == ""


def test_a_pipe_gets_no_line(capsys):
    with steps_shown(Answers(), "shop", 1):
        pass
    assert capsys.readouterr().err == ""
