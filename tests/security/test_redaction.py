"""No secret survives redaction, whatever surrounds it and however its bytes arrive."""

from collections.abc import Sequence
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thakur.security import Redactor

# Few letters, so that secrets overlap each other and themselves.
SECRETS = st.lists(st.text("ab", min_size=6, max_size=12), min_size=1, max_size=4)
NOISE = st.text("ab\n", max_size=40)


def redacted(values: Sequence[str], *chunks: bytes) -> bytes:
    stream = Redactor(values).stream()
    return b"".join(stream.feed(chunk) for chunk in chunks) + stream.rest()


@given(
    values=SECRETS, noise=st.lists(NOISE, max_size=4), cuts=st.lists(st.integers(0, 150), max_size=8), data=st.data()
)
def test_however_it_is_cut_the_result_is_the_same_and_holds_no_secret(
    values: list[str], noise: list[str], cuts: list[int], data: st.DataObject
) -> None:
    parts = data.draw(st.permutations([*noise, *values, *values]))
    whole = "".join(parts).encode()
    borders = [0, *sorted(min(cut, len(whole)) for cut in cuts), len(whole)]

    shown = redacted(values, *(whole[begin:end] for begin, end in pairwise(borders)))

    assert shown == redacted(values, whole) == redacted(values, *(bytes([byte]) for byte in whole))
    assert shown == Redactor(values).redact(whole)
    assert not any(value.encode() in shown for value in values)


@given(values=SECRETS, noise=NOISE)
def test_every_byte_outside_a_secret_stays(values: list[str], noise: str) -> None:
    whole = f"{noise}\n{values[0]}\n{noise}"
    hidden = [False] * len(whole)
    for value in values:
        for at in range(len(whole)):
            if whole.startswith(value, at):
                hidden[at : at + len(value)] = [True] * len(value)
    expected = ""
    for at, character in enumerate(whole):
        if not hidden[at]:
            expected += character
        elif at == 0 or not hidden[at - 1]:
            expected += "[redacted]"

    assert redacted(values, whole.encode()).decode() == expected


@given(values=SECRETS, noise=st.text("ab", max_size=40), wanted=st.integers(0, 60), data=st.data())
def test_pieces_cut_where_it_is_safe_hide_as_much_as_the_whole(
    values: list[str], noise: str, wanted: int, data: st.DataObject
) -> None:
    whole = "".join(data.draw(st.permutations([noise, *values]))).encode()
    redactor = Redactor(values)
    wanted = min(wanted, len(whole))

    cut = redactor.cut(whole, 0, wanted)

    assert 0 <= cut <= wanted
    pieces = redactor.redact(whole[:cut]) + redactor.redact(whole[cut:])
    assert pieces.replace(b"[redacted]", b"") == redactor.redact(whole).replace(b"[redacted]", b"")


def test_a_cut_waits_for_a_secret_that_may_still_come() -> None:
    assert Redactor(["secret-value"]).cut(b"the secret-", 0, 11) == 4
    assert Redactor(["secret-value"]).cut(b"the secret-value", 0, 9) == 4
    assert Redactor(["secret-value"]).cut(b"the secret-value", 0, 16) == 16


def test_the_end_of_secrets_that_lie_over_each_other() -> None:
    redactor = Redactor(["abcdef", "defghi"])

    assert redactor.end(b"-abcdefghi-abcdef", 1) == 10
    assert redactor.end(b"-abcdefabcdef", 1) == 7
    assert redactor.end(b"-abcdef", 0) == 0


def test_a_secret_split_over_two_reads_is_hidden() -> None:
    assert redacted(["hunter2hunter2"], b"password: hunter2", b"hunter2!\n") == b"password: [redacted]!\n"


def test_what_cannot_become_a_secret_is_shown_at_once() -> None:
    stream = Redactor(["hunter2hunter2"]).stream()

    assert stream.feed(b"Listening on 3000, h") == b"Listening on 3000, "
    assert stream.feed(b"ello") == b"hello"
    assert stream.rest() == b""


def test_a_beginning_that_nothing_completes_is_shown_at_the_end() -> None:
    assert redacted(["hunter2hunter2"], b"hunter2hunter") == b"hunter2hunter"


def test_of_two_secrets_the_longer_one_is_hidden_whole() -> None:
    assert redacted(["abcdef", "abcdefghi"], b"abcdef", b"ghi abcdef") == b"[redacted] [redacted]"


def test_secrets_that_overlap_are_hidden_to_the_end_of_the_last() -> None:
    assert redacted(["abcdef", "defghi"], b"abcdefg", b"hi.") == b"[redacted]."


def test_a_value_of_many_lines_is_hidden_line_by_line() -> None:
    key = "-----BEGIN KEY-----\r\nMIIEvQIBADANBg\r\nend\n"

    shown = redacted([key], b"  MIIEvQIBADANBg\n-----BEGIN KEY-----\nend\n")

    assert shown == b"  [redacted]\n[redacted]\nend\n"


@pytest.mark.parametrize("value", ["", "short", "production", "  a  \n b\n", "[redacted]", "redact"])
def test_what_is_short_or_ordinary_stays(value: str) -> None:
    assert redacted([value], f"NODE_ENV is {value}".encode()) == f"NODE_ENV is {value}".encode()


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ('pass"word\\1', '{"p": "pass\\"word\\\\1"}'),
        ("p@ss/wörd", "https://user:p%40ss%2Fw%C3%B6rd@host/"),
        ("pässword", '{"p": "p\\u00e4ssword"}'),
    ],
)
def test_values_are_known_as_json_and_urls_write_them(value: str, written: str) -> None:
    shown = redacted([value], written.encode()).decode()

    assert "[redacted]" in shown
    assert "word" not in shown
    assert "rd" not in shown


def test_a_very_long_value_is_hidden_whole_and_never_waited_for_long() -> None:
    value = "".join(f"{number:07x}" for number in range(9000))
    stream = Redactor([value]).stream()

    shown = stream.feed(f"<{value[:5000]}".encode())
    waiting = len(stream._held)
    shown += stream.feed(f"{value[5000:]}>".encode()) + stream.rest()

    assert shown == b"<[redacted]>"
    assert waiting <= 1030, "what is held back is what a redactor costs"


def test_without_secrets_everything_passes() -> None:
    assert redacted([], b"any", b"thing") == b"anything"
    assert Redactor([]).cut(b"anything", 2, 5) == 5


def test_texts_are_redacted_too() -> None:
    assert Redactor(["gräulich"]).redact_text("so gräulich \udcff") == "so [redacted] \udcff"
