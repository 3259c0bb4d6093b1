"""Which directories are kept between builds."""

import pytest

from thakur.builds import Plan
from thakur.builds.caches.places import framework_places


def plan(**settings: str) -> Plan:
    return Plan(framework="Next.js", kind="server", **settings)


def test_an_application_at_the_top_has_one_of_each() -> None:
    places = framework_places(plan(output=".next/standalone"))

    assert places[:2] == (".next/cache", "node_modules/.cache")
    assert len(places) == len(set(places))


def test_a_monorepo_has_the_applications_and_its_own() -> None:
    places = framework_places(plan(root="apps/web", install_in=".", output="apps/web/.next/standalone"))

    assert {"apps/web/.next/cache", ".turbo/cache", "node_modules/.cache"} <= set(places)


@pytest.mark.parametrize("output", ["node_modules/.cache", "node_modules/.cache/site/", "./node_modules/.cache/site"])
def test_what_is_published_is_no_cache(output: str) -> None:
    assert "node_modules/.cache" not in framework_places(plan(output=output))


def test_a_cache_inside_the_output_is_one() -> None:
    assert ".next/cache" in framework_places(plan(output=".next"))


def test_a_build_directory_of_another_name_has_its_cache_inside() -> None:
    assert "build/cache" in framework_places(plan(output="build/standalone"))


def test_nothing_outside_the_source_is_one() -> None:
    assert not [place for place in framework_places(plan(root="../..")) if place.startswith("..")]
