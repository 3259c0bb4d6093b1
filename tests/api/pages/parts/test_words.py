from datetime import UTC, datetime, timedelta, timezone

import pytest

from thakur.api.pages.parts import words
from thakur.api.pages.parts.rendering import stamped

NOW = datetime(2027, 2, 21, 12, 0, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("passed", "told"),
    [
        (timedelta(seconds=-3), "just now"),
        (timedelta(seconds=30), "just now"),
        (timedelta(seconds=50), "1 min ago"),
        (timedelta(minutes=14), "14 min ago"),
        (timedelta(hours=3), "3 h ago"),
        (timedelta(hours=26), "yesterday"),
        (timedelta(days=5), "5 days ago"),
        (timedelta(days=9), "12 Feb 2027"),
    ],
)
def test_times_are_told_as_people_say_them(passed, told):
    assert words.ago(NOW - passed, NOW) == told


@pytest.mark.parametrize(
    ("seconds", "told"),
    [(0.011, "11 ms"), (0.6, "0.6 s"), (21.4, "21.4 s"), (68, "1 min 08 s"), (7500, "2 h 05 min")],
)
def test_durations_have_the_figures_that_matter(seconds, told):
    assert words.duration(seconds) == told


@pytest.mark.parametrize(
    ("size_bytes", "told"), [(0, "0 B"), (1500, "1.5 KB"), (412_000, "412 KB"), (1_500_000_000, "1.5 GB")]
)
def test_sizes_are_powers_of_a_thousand(size_bytes, told):
    assert words.size(size_bytes) == told


@pytest.mark.parametrize(("value", "told"), [(1204, "1,204"), (412_000, "412 k"), (1_200_000, "1.2 M")])
def test_large_numbers_are_shortened(value, told):
    assert words.number(value) == told


def test_one_is_no_plural():
    assert [words.counted(count, "project") for count in (0, 1, 2)] == ["0 projects", "1 project", "2 projects"]


def test_words_between_backticks_are_a_terminals_and_none_of_them_is_markup():
    assert words.coded("Run `a <b>` <i>now</i>.") == "Run <code>a &lt;b&gt;</code> &lt;i&gt;now&lt;/i&gt;."
    assert words.coded("One ` alone") == "One ` alone"


def test_a_log_tells_the_time_of_day_to_the_millisecond():
    paris = timezone(timedelta(hours=1))
    exact = "2027-02-01T09:05:03.007+00:00"
    assert (
        stamped(datetime(2027, 2, 1, 10, 5, 3, 7_999, tzinfo=paris)) == f'<time datetime="{exact}">09:05:03.007</time>'
    )
