"""A paste is looked over name by name, and kept so that only who pasted it gets it back, for a while."""

import msgspec
import pytest

from support.fake_accounts import OPERATOR
from thakur.projects import DotenvInvalid, PastedStatus, PasteGone, looked_over
from thakur.projects.pasting import PASTE_SECONDS, LocalPastes
from thakur.security import KeyRing, Sealer

KEYS = KeyRing({1: b"k" * 32})
TEXT = "A=1\nSECRET='canary ü\n'\n"


def judged(text: str, **is_same: bool) -> list[tuple[str, int, str]]:
    return [(one.name, one.line, one.status.value) for one in looked_over(text, is_same)]


def test_each_name_is_judged_by_what_is_there_and_by_its_last_line() -> None:
    assert judged("\ufeff# mine\r\nA=1\r\nB='x\ny'\r\nexport A=2\r\nC=3", B=True, C=False) == [
        ("A", 5, "new"),
        ("B", 3, "unchanged"),
        ("C", 6, "replaced"),
    ]


@pytest.mark.parametrize("line", ["PORT=1", "THAKUR_X=1", "1A=1", f"A={'x' * 65_537}", "A=\0"])
def test_what_no_env_var_may_be_is_refused_by_its_line_without_the_value(line: str) -> None:
    (first, refused) = looked_over(f"OK=1\n{line}\n", {})

    assert (first.status, refused.status, refused.line) == (PastedStatus.NEW, PastedStatus.REFUSED, 2)
    assert refused.reason
    assert "xxx" not in refused.reason


def test_a_line_that_is_no_assignment_refuses_the_whole() -> None:
    with pytest.raises(DotenvInvalid, match="Line 2"):
        looked_over("A=1\nnonsense", {})


def test_a_kept_paste_comes_back_to_its_owner_and_holds_nothing_readable() -> None:
    pastes = LocalPastes(Sealer(KEYS, "pasted"))

    kept = pastes.keep(OPERATOR, TEXT)

    assert pastes.text_of(OPERATOR, kept) == TEXT
    assert "canary" not in kept
    with pytest.raises(PasteGone):
        pastes.text_of(msgspec.structs.replace(OPERATOR, actor="grace"), kept)
    with pytest.raises(PasteGone):
        LocalPastes(Sealer(KEYS, "env vars")).text_of(OPERATOR, kept)
    with pytest.raises(PasteGone):
        pastes.text_of(OPERATOR, f"{kept[:-8]}AAAAAAA=")


def test_a_kept_paste_is_gone_after_half_an_hour() -> None:
    now = 1_000_000.0
    pastes = LocalPastes(Sealer(KEYS, "pasted"), lambda: now)
    kept = pastes.keep(OPERATOR, TEXT)

    now += PASTE_SECONDS
    assert pastes.text_of(OPERATOR, kept) == TEXT
    now += 1
    with pytest.raises(PasteGone):
        pastes.text_of(OPERATOR, kept)
