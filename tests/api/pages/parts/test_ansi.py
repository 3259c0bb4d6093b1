import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thakur.api.pages.parts.ansi import coloured, plain


@pytest.mark.parametrize(
    ("text", "markup"),
    [
        ("plain", "plain"),
        ("\x1b[31mred\x1b[0m then", '<span class="a-red">red</span> then'),
        ("\x1b[1;32mok", '<span class="a-green a-bold">ok</span>'),
        ("\x1b[91mbright", '<span class="a-red">bright</span>'),
        ("\x1b[38;5;196mcube", '<span class="a-red">cube</span>'),
        ("\x1b[38;2;0;0;250mtrue", '<span class="a-blue">true</span>'),
        ("\x1b[48;5;1mback", "back"),
        ("\x1b[31ma\x1b[39mb", '<span class="a-red">a</span>b'),
        ("\x1b[2K\x1b[1Gdrawn", "drawn"),
        ("\x1b]8;;http://x\x07link\x1b]8;;\x07", "link"),
        ("\x1b]0;a title that never ends", ""),
        ("end\x1b", "end"),
        ("<b>&", "&lt;b&gt;&amp;"),
        ("a\u202eb", "aU+202Eb"),
        ("tab\tstays", "tab\tstays"),
        ("bell\x07", "bellU+0007"),
    ],
)
def test_colours_become_classes_and_tricks_are_spelled_out(text, markup):
    assert coloured(text) == markup


def test_a_download_has_no_escapes():
    assert plain("\x1b[1;31mred\x1b[0m") == "red"


@given(st.text(alphabet=st.sampled_from("\x1b[]0123456789;:mK<>&\"'a\x07\u202e"), max_size=60))
def test_no_text_makes_markup_of_its_own(text):
    without_ours = re.sub(r'<span class="[a-z -]+">|</span>', "", str(coloured(text)))

    assert "<" not in without_ours
    assert "\x1b" not in without_ours
