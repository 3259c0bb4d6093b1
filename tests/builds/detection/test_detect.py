"""Detection: one plan, or what was looked for."""

import json
import time
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thakur.builds import BuildFailed
from thakur.builds.detection.detect import decide, settle
from thakur.builds.detection.installing import install_command
from thakur.builds.detection.tree import Tree
from thakur.projects import Overrides


def failure_of(tree: Tree) -> tuple[str, str, str]:
    with pytest.raises(BuildFailed) as failed:
        decide(tree, Overrides())
    failure = failed.value.failure
    return failure.code, failure.why, failure.next


def test_an_unknown_folder_is_told_what_was_looked_for() -> None:
    code, why, hint = failure_of(Tree(frozenset({"README.md"})))

    assert code == "nothing_recognised"
    assert "package.json" in why
    assert "index.html" in why
    assert "start script" in hint


def test_an_unknown_package_is_told_what_was_looked_for() -> None:
    code, why, _ = failure_of(Tree(frozenset({"package.json"}), {"package.json": "{}"}))

    assert code == "nothing_recognised"
    assert "express" in why


@pytest.mark.parametrize("paths", [("docs/index.html",), ("README.md", "docs/index.html", "other/x.html")])
def test_an_application_in_a_folder_below_is_pointed_at(paths: tuple[str, ...]) -> None:
    code, why, _ = failure_of(Tree(frozenset(paths)))

    assert code == "wrong_root"
    assert "There is an application further down: docs." in why


@pytest.mark.parametrize(
    ("lock", "word"), [("package-lock.json", None), ("README.md", "no lockfile"), ("bun.lock", None)]
)
def test_versions_that_may_drift_are_said(lock: str, word: str | None) -> None:
    text = '{"dependencies": {"hono": "4"}}'

    notes = decide(Tree(frozenset({"package.json", "index.ts", lock}), {"package.json": text}), Overrides()).plan.notes

    assert (word in notes[0]) if word else not notes


@given(
    paths=st.sets(st.sampled_from(["index.html", "package.json", "src/index.ts", "bun.lock", "vite.config.ts"])),
    needs=st.lists(st.sampled_from(["vite", "hono", "astro", "express", "next", "gatsby"])),
    scripts=st.dictionaries(st.sampled_from(["build", "start", "dev"]), st.text()),
    config=st.text(),
)
def test_any_folder_gives_a_plan_or_a_reason(
    paths: set[str], needs: list[str], scripts: dict[str, str], config: str
) -> None:
    manifest = json.dumps({"dependencies": dict.fromkeys(needs, "*"), "scripts": scripts})
    with suppress(BuildFailed):
        texts = {"package.json": manifest, "vite.config.ts": config}
        decision = decide(Tree(frozenset(paths), texts), Overrides())
        plan = decision.plan
        assert (plan.start is None) == (plan.kind == "static")
        assert ".." not in plan.output.split("/")
        assert settle(decision, Tree(frozenset(paths))).plan.output


@pytest.mark.parametrize(
    ("lock", "command"),
    [
        ("bun.lock", ("bun", "install", "--frozen-lockfile")),
        ("bun.lockb", ("bun", "install", "--frozen-lockfile")),
        ("package-lock.json", ("bun", "install", "--linker", "hoisted")),
        ("yarn.lock", ("bun", "install", "--linker", "hoisted")),
        ("pnpm-lock.yaml", ("bun", "install")),
        ("none", ("bun", "install", "--linker", "hoisted")),
    ],
)
def test_the_lockfile_says_how_to_install(lock: str, command: tuple[str, ...]) -> None:
    assert install_command(Tree(frozenset({"package.json", lock}))) == command


def test_of_two_lockfiles_the_package_managers_own_says_how_to_install() -> None:
    names = frozenset({"package.json", "package-lock.json", "pnpm-lock.yaml"})

    assert install_command(Tree(names, {"package.json": '{"packageManager": "pnpm@9.0.0"}'})) == ("bun", "install")
    assert install_command(Tree(names)) == ("bun", "install", "--linker", "hoisted")


HOSTILE = {
    "spaces": "outDir" + " " * 400_000,
    "brackets": "distPath: {" * 40_000,
    "names": "outDir: '" * 50_000,
    "lines": "packages:\n" + "  - a\n" * 80_000,
    "blanks": "packages:\n" + "- " + " " * 400_000,
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_a_text_that_is_made_to_be_slow_is_not(text: str) -> None:
    package = json.dumps({"devDependencies": {"vite": "*", "@rsbuild/core": "*"}, "workspaces": ["a*b*" * 20] * 5000})
    files = dict.fromkeys(("vite.config.ts", "rsbuild.config.ts", "pnpm-workspace.yaml", ".eleventy.js"), text)
    files |= {f"{'a' * 60}{number}/package.json": "{}" for number in range(300)}
    began = time.process_time()

    with suppress(BuildFailed):
        decide(Tree(frozenset({"package.json", *files}), {"package.json": package, **files}), Overrides())

    assert time.process_time() - began < 2
