"""Rules of previews: which branches may have one."""

import pytest

from thakur.installations import PreviewRuleRefused, PreviewRules
from thakur.installations.rules import changed_rules


@pytest.mark.parametrize(
    ("patterns", "branch", "allowed"),
    [
        (("*",), "feat/cart", True),
        (("feat/*",), "feat/cart", True),
        (("feat/*",), "Feat/cart", False),
        (("feat/*", "!feat/no-*"), "feat/no-way", False),
        (("!feat/*", "*"), "feat/cart", True),
        ((), "main", False),
    ],
)
def test_the_last_pattern_that_matches_decides(patterns: tuple[str, ...], branch: str, allowed: bool) -> None:
    assert PreviewRules(branches=patterns).allow(branch) is allowed
    assert not PreviewRules(is_on=False, branches=patterns).allow(branch)


def test_rules_are_set_one_by_one_and_none_unsets() -> None:
    rules = changed_rules(PreviewRules(), {"branches": ["feat/*"], "limit": 3})

    assert rules == PreviewRules(branches=("feat/*",), limit=3)
    assert changed_rules(rules, {"limit": None}) == PreviewRules(branches=("feat/*",))


@pytest.mark.parametrize(
    "changes",
    [
        {"limit": 0},
        {"limit": 201},
        {"limit": "many"},
        {"branches": ["a b"]},
        {"branches": ["*" * 5]},
        {"branches": ["a"] * 21},
        {"colour": 1},
        {"is_on": 1},
    ],
)
def test_rules_that_cannot_be_are_refused_by_name(changes: dict[str, object]) -> None:
    with pytest.raises(PreviewRuleRefused) as refused:
        changed_rules(PreviewRules(), changes)
    assert refused.value.field in changes
    assert refused.value.hint
