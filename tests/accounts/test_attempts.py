"""Tests of how often wrong secrets may be tried."""

import pytest

from thakur.accounts.attempts import KEPT_ADDRESSES, OF_ADDRESS, OF_ALL, WINDOW_SECONDS, Attempts
from thakur.accounts.refusals import AttemptsExhausted


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def fail(attempts: Attempts, address: str, times: int) -> None:
    for _ in range(times):
        attempts.fail(address)


def test_one_address_is_shut_out_for_a_while_and_no_other():
    clock = Clock()
    attempts = Attempts(clock)

    fail(attempts, "192.0.2.1", OF_ADDRESS)

    with pytest.raises(AttemptsExhausted):
        attempts.check("192.0.2.1")
    attempts.check("192.0.2.2")
    clock.now += WINDOW_SECONDS
    attempts.check("192.0.2.1")


def test_a_flood_from_everywhere_shuts_out_strangers_only():
    attempts = Attempts(Clock())
    attempts.succeed("198.51.100.1")

    for number in range(OF_ALL):
        attempts.fail(f"192.0.2.{number}")

    attempts.check("198.51.100.1")
    with pytest.raises(AttemptsExhausted):
        attempts.check("198.51.100.2")


def test_one_network_of_version_six_counts_as_one():
    attempts = Attempts(Clock())

    for number in range(OF_ADDRESS):
        attempts.fail(f"2001:db8::{number}")

    with pytest.raises(AttemptsExhausted):
        attempts.check("2001:db8::ffff")
    attempts.check("2001:db8:0:1::1")


def test_memory_is_bounded():
    attempts = Attempts(Clock())

    for number in range(KEPT_ADDRESSES + 10):
        attempts.fail(f"host-{number}")
        attempts.succeed(f"host-{number}")

    assert len(attempts._failed) == len(attempts._known) == KEPT_ADDRESSES
    assert len(attempts._all) == OF_ALL
