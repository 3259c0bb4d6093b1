from thakur.runtime.edge.replicas.backoff import backoff_seconds


def test_waits_double_up_to_the_last_and_never_reach_zero() -> None:
    waits = [backoff_seconds(failures, 0.1, 30.0) for failures in range(1, 100)]

    assert 0.075 <= waits[0] <= 0.1
    assert 0.15 <= waits[1] <= 0.2
    assert all(22.5 <= wait <= 30.0 for wait in waits[9:])


def test_many_that_fail_together_do_not_try_together() -> None:
    assert len({backoff_seconds(5, 0.1, 30.0) for _ in range(20)}) > 10
