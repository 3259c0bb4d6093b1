"""Which files of a repository with several packages an application is built from."""

import pytest

from thakur.webhooks.filters.packages import Manifest, is_touched, manifest_of, needed_by, packages_in

FILES = [
    "package.json",
    "bun.lock",
    "tsconfig.base.json",
    "README.md",
    "apps/web/package.json",
    "apps/web/src/index.ts",
    "apps/docs/package.json",
    "packages/ui/package.json",
    "packages/ui/button.tsx",
    "packages/icons/package.json",
    "packages/cli/package.json",
    "packages/cli/node_modules/x/package.json",
    "packages/tsconfig.json",
    "api/go.mod",
    "shared/schema.json",
]
MANIFESTS = {
    "": Manifest(name="acme", dev={"@acme/lint": "workspace:*"}),
    "apps/web": Manifest(name="web", dependencies={"@acme/ui": "workspace:*", "react": "^19"}),
    "apps/docs": Manifest(name="docs", dependencies={"web": "*"}),
    "packages/ui": Manifest(name="@acme/ui", dependencies={"icons": "file:../icons"}),
    "packages/icons": Manifest(name="@acme/icons", peer={"@acme/ui": "*"}),
    "packages/cli": Manifest(name="@acme/cli"),
}


@pytest.mark.parametrize(
    ("changed", "builds"),
    [
        ("apps/web/src/index.ts", True),
        ("apps/web/README.md", True),
        ("apps/website/index.html", True),
        ("apps/docs/page.mdx", False),
        ("packages/ui/button.tsx", True),
        ("packages/icons/a.svg", True),
        ("packages/cli/main.ts", False),
        ("packages/tsconfig.json", True),
        ("packages/new/index.ts", True),
        ("api/main.go", False),
        ("shared/schema.json", True),
        ("bun.lock", True),
        ("thakur.toml", True),
        (".npmrc", True),
        (".yarn/patches/a.patch", True),
        ("README.md", False),
        ("docs/how.MD", False),
        ("LICENSE", False),
        (".github/workflows/ci.yml", False),
    ],
)
def test_a_file_counts_where_it_may_be_a_part_of_what_is_built(changed: str, builds: bool) -> None:
    packages = packages_in(FILES)
    needed = needed_by("apps/web", MANIFESTS)

    assert is_touched([changed], "apps/web", packages, needed) is builds
    assert is_touched(["README.md", changed], "apps/web", packages, needed) is builds


def test_packages_are_where_a_manifest_is_and_what_is_installed_is_none() -> None:
    assert packages_in(FILES) == {*MANIFESTS, "api"}


def test_an_application_needs_itself_what_it_imports_and_what_is_above_it() -> None:
    assert needed_by("apps/web", MANIFESTS) == {"apps/web", "apps", "", "packages/ui", "packages/icons"}
    assert "apps/web" in needed_by("apps/docs", MANIFESTS)
    assert needed_by("site/plain", {}) == {"site/plain", "site", ""}


def test_a_manifest_that_cannot_be_read_is_none() -> None:
    assert manifest_of('{"name": "a", "devDependencies": {"b": "1"}, "workspaces": ["x"]}') == Manifest(
        name="a", dev={"b": "1"}
    )
    for text in ("", "{", "[]", '{"name": 1}', '{"dependencies": {"a": 1}}', "[" * 100_000):
        assert manifest_of(text) is None, text[:20]
