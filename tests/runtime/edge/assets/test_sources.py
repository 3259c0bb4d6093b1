"""Which files of an artifact visitors ask for by a hashed name."""

from pathlib import Path

import pytest

from thakur.builds import Plan
from thakur.runtime.edge.assets.sources import sources

STATIC = Plan(framework="Vite", kind="static")


def server(start_in: str = ".") -> Plan:
    return Plan(framework="Next.js", kind="server", start=("bun", "server.js"), start_in=start_in)


def put(root: Path, *names: str) -> Path:
    for name in names:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text("x")
    return root


def found(artifact: Path, plan: Plan) -> dict[str, list[str]]:
    return {source.suffix + source.prefix: sorted(source.names()) for source in sources(artifact, plan)}


def test_a_static_site_shows_all_of_itself_and_its_compressed_forms(tmp_path: Path) -> None:
    artifact = put(tmp_path / "d1", "index.html", "assets/app-GpEN3EET.js", "assets/style.css", ".git/x-GpEN3EET.js")
    put(tmp_path / "d1.gz", "index.html", "assets/app-GpEN3EET.js")
    put(tmp_path / "d12", "assets/other-GpEN3EET.js")

    assert found(artifact, STATIC) == {"": ["assets/app-GpEN3EET.js"], ".gz": ["assets/app-GpEN3EET.js"]}


@pytest.mark.parametrize(
    ("start_in", "file", "name"),
    [
        (".", ".next/static/chunks/app-3f2a9c1b4d5e6f70.js", "_next/static/chunks/app-3f2a9c1b4d5e6f70.js"),
        ("apps/web", ".next/static/css/3f2a9c1b4d5e6f70.css", "_next/static/css/3f2a9c1b4d5e6f70.css"),
        (".", "public/_nuxt/B3xk9Qz1.js", "_nuxt/B3xk9Qz1.js"),
        (".", "build/client/_app/immutable/chunks/B3xk9Qz1.js", "_app/immutable/chunks/B3xk9Qz1.js"),
        (".", "dist/client/_astro/index.DiwrgTda.css", "_astro/index.DiwrgTda.css"),
    ],
)
def test_a_server_shows_what_its_framework_is_known_to_show(
    tmp_path: Path, start_in: str, file: str, name: str
) -> None:
    put(tmp_path / start_in, file, "server/secret-3f2a9c1b.js", "node_modules/x/y-3f2a9c1b.js")

    (source,) = sources(tmp_path, server(start_in))

    assert list(source.names()) == [name]
    assert source.path(name) == tmp_path / start_in / file


def test_a_manifest_of_a_build_that_may_keep_its_name_is_no_asset(tmp_path: Path) -> None:
    put(tmp_path, ".next/static/always/_buildManifest.js", ".next/static/always/_ssgManifest.js")

    assert found(tmp_path, server()) == {"_next/static": []}


def test_another_server_shows_nothing_and_links_are_not_followed(tmp_path: Path) -> None:
    put(tmp_path / "outside", "app-GpEN3EET.js")
    put(tmp_path / "d1", "src/index.ts")
    (tmp_path / "d1" / "assets").symlink_to(tmp_path / "outside")
    (tmp_path / "d1" / "app-GpEN3EET.js").symlink_to(tmp_path / "outside" / "app-GpEN3EET.js")

    assert found(tmp_path / "d1", server()) == {}
    assert found(tmp_path / "d1", STATIC) == {"": []}
