"""What goes first when caches are too large."""

from pathlib import Path

import pytest

from thakur.builds.caches.bounds import to_drop

PARTS = [(Path("unused"), 10), (Path("framework"), 20), (Path("packages"), 70)]


@pytest.mark.parametrize(
    ("limit_bytes", "dropped"),
    [
        (100, []),
        (99, ["unused"]),
        (90, ["unused"]),
        (89, ["unused", "framework"]),
        (70, ["unused", "framework"]),
        (69, ["unused", "framework", "packages"]),
    ],
)
def test_what_is_missed_least_goes_first_and_no_more_than_must(limit_bytes: int, dropped: list[str]) -> None:
    assert to_drop(PARTS, limit_bytes) == [Path(name) for name in dropped]


def test_nothing_is_never_too_much() -> None:
    assert to_drop([], 0) == []
