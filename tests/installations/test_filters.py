"""What somebody may set of what holds pushes back."""

import pytest

from thakur.installations import FilterRefused, Filters, any_is_meant
from thakur.installations.filters import changed_filters


def test_filters_change_by_name_and_none_unsets() -> None:
    first = changed_filters(Filters(), {"wait_for_checks": True, "paths": ["apps/web/**"]})
    assert first == Filters(wait_for_checks=True, paths=("apps/web/**",))
    assert changed_filters(first, {"paths": None}) == Filters(wait_for_checks=True)
    assert changed_filters(first, {}) == first


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"path": ["a"]}, "path"),
        ({"wait_for_checks": "yes"}, "wait_for_checks"),
        ({"paths": "apps/**"}, "paths"),
        ({"paths": [1]}, "paths"),
        ({"paths": ["!"]}, "paths"),
        ({"paths": ["[z-a]"]}, "paths"),
        ({"paths": [""]}, "paths"),
        ({"paths": ["# nothing"]}, "paths"),
        ({"paths": ["a\0"]}, "paths"),
        ({"paths": ["a" * 201]}, "paths"),
        ({"paths": ["*a" * 9]}, "paths"),
        ({"paths": ["a"] * 51}, "paths"),
        ({"tags": ["v*"]}, "tags"),
        ({"tags": "v* w"}, "tags"),
        ({"tags": "v*a*b*"}, "tags"),
        ({"tags": "v[0-9]"}, "tags"),
    ],
)
def test_what_is_no_filter_is_refused_with_its_name(changes: dict, field: str) -> None:
    with pytest.raises(FilterRefused) as refused:
        changed_filters(Filters(), changes)

    assert (refused.value.field, bool(refused.value.hint)) == (field, True)


@pytest.mark.parametrize(
    ("name", "is_meant"),
    [
        ("apps/web/a/b.ts", True),
        ("apps/web/a/b.md", False),
        ("package.json", True),
        ("apps/api/package.json", False),
        ("deep/down/schema.sql", True),
    ],
)
def test_patterns_are_those_of_a_gitignore(name: str, is_meant: bool) -> None:
    patterns = ("apps/web/**", "!**/*.md", "/package.json", "*.sql")

    assert any_is_meant(patterns, [name]) is is_meant
    assert not any_is_meant(patterns, [])
