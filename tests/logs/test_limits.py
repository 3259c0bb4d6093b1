"""Tests of what a log keeps."""

from datetime import UTC, datetime, timedelta

from thakur.logs import BUILD_BYTES, BUILD_LINES, DAY_BYTES, DAY_LINES, Entry, Level
from thakur.logs.limits import CUT, DAY_CUT, Day, fit, fit_day

NOON = datetime(2031, 5, 30, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)

FAILED = Entry("The build failed.", Level.ERROR)


def test_what_fits_is_kept_as_it_is():
    entries = [Entry("é"), FAILED]

    assert fit(entries, 10, 100) == (entries, 100 + 2 + len(FAILED.text))


def test_the_line_after_the_last_says_that_the_rest_is_cut():
    entries = [Entry("last"), Entry("too much"), Entry("more")]

    kept, size_bytes = fit(entries, BUILD_LINES - 1, 0)

    assert kept == [Entry("last"), CUT]
    assert fit([Entry("later")], BUILD_LINES + 1, size_bytes) == ([], size_bytes)


def test_bytes_are_limited_as_lines_are():
    kept, size_bytes = fit([Entry("x" * 10), Entry("y")], 1, BUILD_BYTES - 10)

    assert kept == [Entry("x" * 10), CUT]
    assert fit([Entry("")], 3, size_bytes) == ([], size_bytes)


def test_thakur_s_own_words_are_kept_after_the_cut():
    _, full = fit([Entry("x" * 10)], 0, BUILD_BYTES)

    assert fit([Entry("output"), FAILED], 5, full) == ([FAILED], full)


def test_thakur_s_own_words_never_cut_the_log_without_saying_so():
    kept, size_bytes = fit([FAILED], 5, BUILD_BYTES - 1)
    assert kept == [FAILED]

    assert fit([Entry("output")], 6, size_bytes)[0] == [CUT]


def test_a_day_keeps_what_fits_and_counts_it():
    kept, day = fit_day([Entry("é"), FAILED], None, NOON)

    assert kept == [Entry("é"), FAILED]
    assert day == Day(on=NOON.date(), lines=2, size_bytes=2 + len(FAILED.text))


def test_the_first_line_beyond_a_day_s_limit_says_so_and_then_one_a_minute():
    day = Day(on=NOON.date(), lines=DAY_LINES - 1)

    kept, day = fit_day([Entry("last")] + [Entry("x")] * 3, day, NOON)
    assert kept == [Entry("last"), DAY_CUT]
    kept, day = fit_day([Entry("x")] * 10_000, day, NOON + MINUTE / 2)
    assert kept == []
    kept, day = fit_day([Entry("x")], day, NOON + MINUTE)
    assert [(line.level, line.text[:26]) for line in kept] == [(Level.WARNING, "10,004 lines were dropped:")]
    kept, day = fit_day([Entry("x")], day, NOON + MINUTE * 1.5)
    assert kept == []
    assert day.dropped_lines == 1


def test_a_day_s_bytes_are_limited_too_and_nothing_shorter_slips_in():
    kept, day = fit_day([Entry("x" * 10), Entry("")], Day(on=NOON.date(), size_bytes=DAY_BYTES - 9), NOON)

    assert kept == [DAY_CUT]
    assert day.dropped_lines == 2


def test_thakur_s_own_words_fit_into_every_day():
    full = Day(on=NOON.date(), lines=DAY_LINES, size_bytes=DAY_BYTES + 1, told_at=NOON)

    assert fit_day([Entry("x"), FAILED], full, NOON)[0] == [FAILED]


def test_a_new_day_begins_empty_and_tells_what_the_old_one_dropped():
    full = Day(on=NOON.date(), lines=DAY_LINES, size_bytes=DAY_BYTES + 1, told_at=NOON, dropped_lines=7)

    kept, day = fit_day([Entry("good morning")], full, NOON + timedelta(days=1))

    assert [line.text[:21] for line in kept] == ["good morning", "7 lines were dropped:"]
    assert (day.size_bytes, day.dropped_lines, day.told_at) == (12, 0, None)
