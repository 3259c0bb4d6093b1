r"""A pasted .env means what its reader meant; a line that means nothing is named by its number."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thakur.projects import DotenvInvalid
from thakur.projects.dotenv import parse_dotenv


@pytest.mark.parametrize(
    ("line", "value"),
    [
        ("KEY=value", "value"),
        ("KEY=", ""),
        ("KEY=''", ""),
        ("export KEY=value", "value"),
        ("  KEY = value  ", "value"),
        ("KEY=two words", "two words"),
        ("KEY=value # a comment", "value"),
        ("KEY= # a comment", ""),
        ("KEY=#0af", "#0af"),
        ("KEY=pass#word", "pass#word"),
        ("KEY='value # no comment' # a comment", "value # no comment"),
        ("KEY=it's", "it's"),
        ("KEY=a=b==", "a=b=="),
        ("KEY=$HOME ${X}", "$HOME ${X}"),
        ('KEY="a\\nb\\t\\"c\\" \\$d \\\\ \\x"', 'a\nb\t"c" $d \\ \\x'),
        ("KEY='a\\nb'", "a\\nb"),
        ('KEY=`it\'s "both"`', 'it\'s "both"'),
        ("KEY=C:\\temp", "C:\\temp"),
        ('KEY="-----BEGIN KEY-----\nMIIE\n-----END KEY-----\n"', "-----BEGIN KEY-----\nMIIE\n-----END KEY-----\n"),
        ("KEY='one\n\n# two'", "one\n\n# two"),
        ("KEY=ü", "ü"),
    ],
)
def test_a_line_means_what_the_common_readers_make_of_it(line: str, value: str) -> None:
    for ending in ("", "\n", "\r\n"):
        assert parse_dotenv(f"# first\n\n{line}{ending}".replace("\n", ending or "\n")) == {"KEY": value}


def test_many_lines_give_many_names_and_the_last_of_a_name_counts() -> None:
    text = "\ufeffA=1\n\n  # a comment with = in it\nB='2\n'\nA=3\n\t\nexport C=4"

    assert parse_dotenv(text) == {"A": "3", "B": "2\n", "C": "4"}


@pytest.mark.parametrize("text", ["", "\n\n", "# nothing\n", "   "])
def test_nothing_gives_nothing(text: str) -> None:
    assert parse_dotenv(text) == {}


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("A=1\nsecret-word\n", 2),
        ("=secret-word", 1),
        ("A=1\n\nB='secret-word", 3),
        ('A="secret-word" more', 1),
        ("A='x\ny\n' secret-word\n", 3),
        ("export", 1),
    ],
)
def test_a_line_that_means_nothing_is_named_by_its_number_only(text: str, line: int) -> None:
    with pytest.raises(DotenvInvalid, match=rf"^Line {line} ") as refusal:
        parse_dotenv(text)

    assert "secret-word" not in refusal.value.message + refusal.value.hint


@given(st.dictionaries(st.from_regex(r"[A-Z_]{1,9}", fullmatch=True), st.text(st.characters(exclude_characters="'\r"))))
def test_what_stands_in_single_quotes_is_kept_to_the_byte(values: dict[str, str]) -> None:
    assert parse_dotenv("\n".join(f"{name}='{value}'" for name, value in values.items())) == values


@given(st.text("AB='\"`\\\n# \texport", max_size=60))
def test_any_text_is_read_or_refused(text: str) -> None:
    number = 1
    try:
        parse_dotenv(text)
    except DotenvInvalid as refusal:
        number = int(refusal.message.split()[1])

    assert 1 <= number <= text.count("\n") + 1
