"""Commits that ask to be left alone."""

import pytest

from thakur.webhooks.filters.skipping import asks_to_be_skipped


@pytest.mark.parametrize(
    "message",
    [
        "Fix [skip ci]",
        "[CI SKIP] fix",
        "Fix\n\nmore words [no ci]",
        "[skip actions]",
        "[actions skip]",
        "[skip cd]",
        "[skip deploy]",
        "Fix\n\nskip-checks: true",
        "Fix\n\nWhy\n\nSigned-off-by: Ada\nskip-checks:true\n",
    ],
)
def test_a_mark_or_a_trailer_skips(message) -> None:
    assert asks_to_be_skipped(message)


@pytest.mark.parametrize(
    "message", ["", "Fix skip ci", "skip-checks: true", "Fix\n\nskip-checks: true\n\nBut not here", "[skipci]"]
)
def test_anything_else_does_not(message) -> None:
    assert not asks_to_be_skipped(message)
