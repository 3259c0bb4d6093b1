"""Tests of project names and host names."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thakur.projects import PRODUCTION, ProjectNameInvalid, host_label, hostname, suggested_name
from thakur.projects.names import NAME_CHARACTERS, check_name

DNS_LABEL = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)")


@pytest.mark.parametrize("name", ["shop", "a", "7", "my-shop-2", "git", "pr-5", "x-pr-y", "app", "a" * NAME_CHARACTERS])
def test_a_label_that_means_nothing_else_is_allowed(name: str):
    check_name(name)


@pytest.mark.parametrize(
    ("name", "reason", "suggestion"),
    [
        ("My Shop", "cannot be a subdomain", "my-shop"),
        ("", "cannot be a subdomain", "my-app"),
        ("-shop", "cannot be a subdomain", "shop"),
        ("shop-", "cannot be a subdomain", "shop"),
        ("shop.de", "cannot be a subdomain", "shop-de"),
        ("shöp", "cannot be a subdomain", "shop"),
        ("../etc", "cannot be a subdomain", "etc"),
        ("shop\n", "cannot be a subdomain", "shop"),
        ("٣", "cannot be a subdomain", "my-app"),
        ("xn--shp-sna", "encoded international", "xn-shp-sna"),
        ("a" * 41, "at most 40 characters; this one has 41", "a" * 40),
        ("api", "reserved", "my-api"),
        ("www", "reserved", "my-www"),
        ("thakur", "reserved", "my-thakur"),
        ("shop-git-main", "reads like a preview", "shop-main"),
        ("shop-git", "reads like a preview", "shop"),
        ("shop-pr-12", "reads like a preview", "shop"),
    ],
)
def test_a_name_that_is_refused_says_why_and_what_to_try(name: str, reason: str, suggestion: str):
    with pytest.raises(ProjectNameInvalid, match=reason) as refused:
        check_name(name)

    assert refused.value.hint == f"Try {suggestion}."
    assert refused.value.field == "name"


@given(st.text(max_size=80) | st.text("abgitpr-12", max_size=80))
def test_a_suggestion_is_always_a_name_that_is_allowed(text: str):
    check_name(suggested_name(text))


def test_an_allowed_name_is_its_own_suggestion():
    assert suggested_name("my-shop") == "my-shop"


def test_production_has_the_project_s_own_name():
    assert hostname("shop", PRODUCTION, "apps.example.com") == "shop.apps.example.com"


def test_a_preview_has_a_label_of_its_own():
    assert hostname("shop", "git-feature/Login", "localhost") == "shop-git-feature-login.localhost"
    assert host_label("shop", "pr-12") == "shop-pr-12"


def test_a_long_preview_is_cut_with_a_hash_that_tells_two_apart():
    one, two = host_label("shop", "git-" + "x" * 80 + "1"), host_label("shop", "git-" + "x" * 80 + "2")

    assert len(one) == len(two) == 63
    assert one[:56] == two[:56]
    assert one != two


@given(st.text(max_size=90), st.text(max_size=200))
def test_a_preview_s_label_is_a_dns_label_that_no_project_may_have(text: str, branch: str):
    name = suggested_name(text)
    label = host_label(name, f"git-x{branch}")

    assert DNS_LABEL.fullmatch(label)
    assert label.startswith(name)
    with pytest.raises(ProjectNameInvalid):
        check_name(label)


@given(st.text("agit-", max_size=12), st.text("agit-", max_size=12), st.text("agit-", max_size=9))
def test_two_projects_never_share_a_preview_s_label(one: str, other: str, branch: str):
    first, second = suggested_name(one), suggested_name(other)
    label = host_label(first, f"git-a{branch}")

    if first != second and label.startswith(f"{second}-git-"):
        # The second project's branch would have to be the rest: then the two names overlap, which the rules forbid.
        raise AssertionError(f"{label} belongs to {first} and {second}")
