"""Refs, and what they mean."""

import pytest

from thakur.git.fetching import refs
from thakur.git.fetching.stops import Stopped

ONE, TWO, TAG = "1" * 40, "2" * 40, "a" * 40
HEADS = {
    "HEAD": ONE,
    "refs/heads/main": ONE,
    "refs/heads/Feature/login": TWO,
    "refs/tags/v1": TAG,
    "refs/tags/v1^{}": TWO,
}


@pytest.mark.parametrize(
    "ref", ["", "main", "feature/login", "v1.0", "a" * 40, "release-2026", "größe", "refs/heads/x"]
)
def test_ordinary_refs_pass(ref: str) -> None:
    refs.check(ref)


@pytest.mark.parametrize(
    "ref",
    [
        *(
            "--upload-pack=x",
            "-u",
            "a b",
            "a\nb",
            "a\0b",
            "a..b",
            "a~1",
            "a^",
            "a:b",
            "+a:b",
            "a?",
            "a*",
            "a[b",
            "a\\b",
        ),
        *("a@{1}", "@", "/a", "a/", "a//b", ".a", "a/.b", "a.lock", "a.lock/b", "a.", "a" * 251, "\u200b", "\ud800"),
    ],
)
def test_what_git_itself_forbids_is_refused(ref: str) -> None:
    with pytest.raises(Stopped, match="ref_malformed"):
        refs.check(ref)


@pytest.mark.parametrize(
    ("ref", "choice"),
    [
        ("", (ONE, "refs/heads/main")),
        ("HEAD", (ONE, "refs/heads/main")),
        ("main", (ONE, "refs/heads/main")),
        ("v1", (TWO, "refs/tags/v1")),
        ("refs/heads/Feature/login", (TWO, "refs/heads/Feature/login")),
        (ONE, (ONE, "refs/heads/main")),
        (TWO.upper(), (TWO, "refs/heads/Feature/login")),
        ("3" * 40, ("3" * 40, "")),
        ("1111111", (ONE, "")),
        ("abcdef0", (None, "")),
    ],
)
def test_what_a_ref_means(ref: str, choice: tuple[str | None, str]) -> None:
    assert refs.choose(ref, HEADS, "refs/heads/main") == choice


def test_a_ref_that_is_gone_names_those_that_are_close() -> None:
    with pytest.raises(Stopped) as stopped:
        refs.choose("feature/logn", HEADS)

    assert stopped.value.facts["close"] == "Feature/login"


def test_a_head_that_leads_nowhere_names_the_branches() -> None:
    with pytest.raises(Stopped) as stopped:
        refs.choose("", {"refs/heads/main": ONE}, "refs/heads/master")

    assert (stopped.value.code, stopped.value.facts["close"]) == ("head_missing", "main")


def test_an_empty_repository_is_one() -> None:
    with pytest.raises(Stopped, match="repository_empty"):
        refs.choose("main", {})
