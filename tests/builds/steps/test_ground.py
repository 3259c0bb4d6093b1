import json
from pathlib import Path

import pytest

from thakur.builds.steps.ground import look, set_aside


def test_the_lockfile_of_the_package_manager_that_is_named_counts(tmp_path: Path) -> None:
    (tmp_path / "package.json").write_text(json.dumps({"packageManager": "yarn@4.5.0"}))
    (tmp_path / "package-lock.json").write_text('{"lockfileVersion": 3}')
    (tmp_path / "yarn.lock").write_text("__metadata:\n  version: 8\n")

    ground = look(tmp_path)
    set_aside(tmp_path, ground)

    assert (ground.lock.name, ground.manager, ground.others) == ("yarn.lock", "yarn@4.5.0", ("package-lock.json",))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["package.json", "yarn.lock"]


@pytest.mark.parametrize(
    ("file", "text", "flat"),
    [
        (".npmrc", "node-linker=hoisted\n", True),
        (".npmrc", "registry=x\nshamefully-hoist = true\n", True),
        ("pnpm-workspace.yaml", "packages: []\nnodeLinker: hoisted\n", True),
        (".npmrc", "node-linker=isolated\n# shamefully-hoist=true\n", False),
    ],
)
def test_a_project_of_pnpm_says_how_packages_are_laid_out(tmp_path: Path, file: str, text: str, *, flat: bool) -> None:
    (tmp_path / "pnpm-lock.yaml").write_text("lockfileVersion: '9.0'\n")
    (tmp_path / file).write_text(text)

    assert look(tmp_path).wants_flat is flat


def test_an_empty_directory_has_no_lockfile(tmp_path: Path) -> None:
    ground = look(tmp_path)

    assert (ground.lock, ground.manager, ground.is_foreign) == (None, "", True)
