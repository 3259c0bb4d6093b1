"""Every stop has its sentences."""

import re
from pathlib import Path

import pytest

import thakur.git.fetching
from thakur.git import GitRefused, GitRules, check_ref, check_url, folder_of
from thakur.git.explaining import explain, explain_note
from thakur.git.sentences import STOPS

SOURCES = [path.read_text() for path in Path(thakur.git.fetching.__file__).parent.glob("*.py")]
CODES = sorted({code for text in SOURCES for code in re.findall(r'Stopped\(\s*"(\w+)"', text)})


@pytest.mark.parametrize("code", CODES)
def test_every_stop_says_what_why_and_what_next(code: str) -> None:
    assert code in STOPS
    said = explain(code, {"limit": "1048576"})

    assert all(sentence.endswith((".", "?", ":")) or "{" not in sentence for sentence in said)
    assert all(said)


def test_a_limit_is_told_in_megabytes_where_it_counts_bytes() -> None:
    assert "1 MB" in explain("too_many_bytes", {"limit": "1048576"}).why
    assert "200000" in explain("too_many_entries", {"limit": "200000"}).why


def test_a_note_says_why_a_submodule_is_empty() -> None:
    facts = {"path": "theme", "stopped": "url_scheme", "scheme": "file", "schemes": "https"}

    assert explain_note("submodule", facts) == (
        "Left empty: the submodule theme. The scheme file is not accepted in git URLs."
    )


def test_a_refused_url_names_the_field_the_setting_and_what_is_allowed() -> None:
    with pytest.raises(GitRefused) as refused:
        check_url("ssh://git@github.com/a/b", GitRules())

    assert refused.value.field == "git_url"
    assert "THAKUR_GIT_SCHEMES lists what is: https" in refused.value.message
    with pytest.raises(GitRefused) as refused:
        check_ref("-x")
    assert refused.value.field == "ref"


def test_a_repository_is_called_as_its_url_ends() -> None:
    assert folder_of(check_url("https://github.com/ada/shop.git", GitRules())) == "shop"


def test_an_address_is_not_said_to_lead_to_itself() -> None:
    said = explain("address_refused", {"host": "10.0.0.1", "address": "10.0.0.1"})

    assert said.what == "10.0.0.1 may not be reached by git: it is no public address."
