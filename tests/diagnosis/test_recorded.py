"""What programs really wrote, each file named `phase.code.from`: the table must see the code, and `none` where it cannot know."""

from pathlib import Path

import pytest

from thakur.diagnosis import Command, Phase, find_cause

RECORDED = sorted((Path(__file__).parent / "recorded").glob("*.txt"))


@pytest.mark.parametrize("path", RECORDED, ids=lambda path: path.stem)
def test_what_programs_really_wrote_is_known_by_its_cause(path: Path) -> None:
    phase, code, _ = path.stem.split(".")

    cause = find_cause(Command(phase=Phase(phase), output=path.read_text()))

    assert (cause.code if cause else "none") == code
