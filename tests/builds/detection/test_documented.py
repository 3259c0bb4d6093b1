"""The document of frameworks says what the table does."""

import re
from pathlib import Path

from thakur.builds.detection.frameworks import FRAMEWORKS
from thakur.projects import Overrides

DOCUMENT = Path(__file__).parents[3] / "docs" / "frameworks.md"


def test_the_document_has_every_row_and_no_other() -> None:
    rows = [line for line in DOCUMENT.read_text().splitlines() if line.startswith("|")][2:]

    assert rows[: len(FRAMEWORKS)] == [f"| {row.name} | {row.sign} | {row.result} |" for row in FRAMEWORKS]


def test_the_document_has_every_setting_in_order() -> None:
    _, _, settings = DOCUMENT.read_text().partition("| setting |")

    assert re.findall(r"^\| `(\w+)` \|", settings, re.MULTILINE) == list(Overrides.__struct_fields__)
