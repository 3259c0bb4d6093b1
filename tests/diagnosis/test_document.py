"""docs/troubleshooting.md keeps up with the table of rules."""

import ast
import re
from pathlib import Path

from thakur.diagnosis.causes import RULES
from thakur.git.sentences import STOPS

ROOT = Path(__file__).parents[2]
TOLD = re.findall(r"^\| `(\w+)` \|", (ROOT / "docs" / "troubleshooting.md").read_text(), re.MULTILINE)


def _codes() -> set[str]:
    """Every code that stands in a call as `code="…"`."""
    return {
        keyword.value.value
        for path in (ROOT / "thakur").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call)
        for keyword in node.keywords
        if keyword.arg == "code" and isinstance(keyword.value, ast.Constant) and isinstance(keyword.value.value, str)
    }


def test_every_rule_has_its_row() -> None:
    assert {rule.code for rule in RULES} <= set(TOLD)


def test_every_failure_of_a_command_and_of_a_start_has_its_row() -> None:
    places = ("thakur/builds/steps/diagnosis.py", "thakur/runtime/edge/diagnosis.py")
    said = {code for place in places for code in re.findall(r'code="(\w+)"', (ROOT / place).read_text())}

    assert said - {"deployment_not_prepared", "deployment_routed"} <= set(TOLD)


def test_no_row_is_left_of_what_is_no_longer_told() -> None:
    of_git = {f"git_{cause}" for cause in STOPS}

    assert set(TOLD) <= {rule.code for rule in RULES} | _codes() | of_git
    assert len(TOLD) == len(set(TOLD))
