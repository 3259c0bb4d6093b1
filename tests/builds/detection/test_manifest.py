"""package.json, as people write it."""

import pytest

from thakur.builds import BuildFailed
from thakur.builds.detection.manifest import Manifest, parse_manifest


def test_scripts_dependencies_and_main_are_read() -> None:
    text = (
        '{"scripts": {"build": "x"}, "dependencies": {"hono": "4"}, "devDependencies": {"vite": "8"}, "main": "a.js"}'
    )

    manifest = parse_manifest(text)

    assert manifest == Manifest(scripts={"build": "x"}, dependencies={"hono": "4"}, tools={"vite": "8"}, main="a.js")
    assert manifest.needs("vite", "other")
    assert (manifest.major("hono"), manifest.major("other")) == (4, None)


@pytest.mark.parametrize("text", ["[]", "null", '{"scripts": [1], "dependencies": "x", "main": 7}', "\ufeff{}"])
def test_odd_but_valid_json_is_an_empty_manifest(text: str) -> None:
    assert parse_manifest(text) == Manifest()


@pytest.mark.parametrize("text", ["", "{", '{"a": 1,}', "[" * 100_000])
def test_a_mistake_is_named_with_its_place(text: str) -> None:
    with pytest.raises(BuildFailed) as failed:
        parse_manifest(text)

    assert failed.value.failure.code == "package_json_invalid"
    assert failed.value.failure.why


def test_the_line_of_the_mistake_is_told() -> None:
    with pytest.raises(BuildFailed) as failed:
        parse_manifest('{\n  "name": "x"\n  "main": "y"\n}')

    assert "line 3" in failed.value.failure.why
