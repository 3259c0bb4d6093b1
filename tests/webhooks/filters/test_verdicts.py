"""What several checks say together."""

import pytest

from thakur.github import Check
from thakur.webhooks.filters.verdicts import verdict


def checks(**states: str) -> list[Check]:
    return [Check(name, state) for name, state in states.items()]


@pytest.mark.parametrize(
    ("found", "state", "why"),
    [
        ([], "none", ""),
        (checks(test="passed", lint="passed"), "green", ""),
        (checks(test="pending"), "pending", "Its check is not done: test"),
        (checks(test="passed", lint="pending", a="pending"), "pending", "2 of its 3 checks are not done: lint, a"),
        (checks(test="failed", lint="pending"), "failed", "1 of its 2 checks has failed: test"),
        (
            checks(a="failed", b="failed", c="failed", d="failed", e="passed"),
            "failed",
            "4 of its 5 checks have failed: a, b, c and 1 more",
        ),
        ([Check("thakur/shop", "pending")], "none", ""),
        ([Check("thakur/shop", "failed"), Check("test", "passed")], "green", ""),
    ],
)
def test_one_that_failed_decides_and_our_own_do_not_count(found: list[Check], state: str, why: str) -> None:
    assert verdict(found) == (state, why)
