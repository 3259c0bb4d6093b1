import signal

import pytest

from thakur.sandbox.watching import status

REPORT = b'{ "child-pid": 4556, "mnt-namespace": 4026532178 }\n{ "exit-code": 3 }\n'


def test_the_pid_and_the_code_are_read():
    assert (status.init_pid(REPORT), status.exit_code(REPORT)) == (4556, 3)


@pytest.mark.parametrize("cut", [b"", b'{ "child', b'{\n    "child-pid": 12', b"[1]"])
def test_a_report_that_was_cut_short_says_nothing(cut):
    assert (status.init_pid(cut), status.exit_code(cut)) == (None, None)


@pytest.mark.parametrize(
    ("code", "taken_apart"),
    [(0, (0, None)), (1, (1, None)), (128, (128, None)), (143, (None, 15)), (255, (255, None))],
)
def test_a_signal_is_told_from_a_code(code, taken_apart):
    assert status.code_and_signal(code) == taken_apart


def test_an_end_that_nobody_saw_was_a_kill():
    assert status.code_and_signal(None) == (None, signal.SIGKILL)
