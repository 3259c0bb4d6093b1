"""Tests of what a build's log keeps."""

from thakur.logs import BUILD_BYTES, BUILD_LINES, Entry, Level
from thakur.logs.limits import CUT, fit

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
