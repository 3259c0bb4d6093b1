"""What pull requests are told: strangers' words do nothing there."""

import pytest

from thakur.webhooks.previews.wording import code


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("feat/cart", "`feat/cart`"),
        ("`rm -rf`", "`'rm -rf'`"),
        ("a\n\n@ada b", "`a @ada b`"),
        ("\u202eevil\u2066\x1b[31m\0", "`evil [31m`"),
        (" \n\t", ""),
        ("x" * 300, f"`{'x' * 200}`"),
    ],
)
def test_a_stranger_s_text_is_shown_on_one_line_within_backticks(text: str, shown: str) -> None:
    assert code(text) == shown
