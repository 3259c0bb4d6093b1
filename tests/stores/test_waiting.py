"""Waiting ends with the condition or with the deadline."""

from thakur.stores.waiting import wait_until


def test_waiting_ends_when_the_condition_holds() -> None:
    answers = iter([False, False, True])

    assert wait_until(lambda: next(answers), within_seconds=5)


def test_waiting_ends_with_the_deadline() -> None:
    assert not wait_until(lambda: False, within_seconds=0.02)
