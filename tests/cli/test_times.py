from datetime import UTC, datetime, timedelta

import pytest

from thakur.cli.times import age, counted, size, took


@pytest.mark.parametrize(
    ("seconds", "shown"), [(-5, "0 s"), (59, "59 s"), (60, "1 min"), (7300, "2 h"), (200_000, "2 d")]
)
def test_ages(seconds, shown):
    assert age((datetime.now(UTC) - timedelta(seconds=seconds)).isoformat()) == shown


def test_what_has_not_ended_took_nothing_yet():
    assert took({"started_at": "2026-01-01T00:00:00Z", "finished_at": None}) == ""
    assert took({"started_at": "2026-01-01T00:00:00Z", "finished_at": "2026-01-01T00:01:01.5Z"}) == "61.5 s"


def test_sizes_and_counts():
    assert [size(0), size(999), size(1536), size(5 * 1024**2), size(3 * 1024**3)] == [
        "0 B",
        "999 B",
        "1.5 KB",
        "5.0 MB",
        "3.0 GB",
    ]
    assert (counted(1, "file"), counted(2, "file")) == ("1 file", "2 files")
