"""Which packages' install scripts may look at the project."""

import json
from pathlib import Path

import pytest

from thakur.builds.caches.scripts import has_unknown_scripts


def package(modules: Path, place: str, name: str, **scripts: str) -> None:
    directory = modules / place
    directory.mkdir(parents=True)
    (directory / "package.json").write_text(json.dumps({"name": name, "scripts": scripts}))


@pytest.mark.parametrize(
    "place",
    ["a", "@scope/a", "b/node_modules/a", "@scope/b/node_modules/@scope/a", ".bun/a@1.0.0/node_modules/a"],
)
def test_an_unknown_script_is_found_wherever_the_package_lies(tmp_path: Path, place: str) -> None:
    package(tmp_path / "without", place, "a", test="x")
    package(tmp_path / "with", place, "a", postinstall="node look-at-the-project.js")

    assert not has_unknown_scripts(tmp_path / "without")
    assert has_unknown_scripts(tmp_path / "with")


def test_scripts_that_only_see_to_their_own_package_are_known(tmp_path: Path) -> None:
    package(tmp_path, "esbuild", "esbuild", postinstall="node install.js")

    assert not has_unknown_scripts(tmp_path)


def test_a_package_that_cannot_be_read_is_unknown_and_links_are_not_followed(tmp_path: Path) -> None:
    (tmp_path / "modules" / "a").mkdir(parents=True)
    (tmp_path / "modules" / "a" / "node_modules").symlink_to("..")
    assert not has_unknown_scripts(tmp_path / "modules")

    (tmp_path / "modules" / "a" / "package.json").write_text('{"postinstall": ')
    assert has_unknown_scripts(tmp_path / "modules")
