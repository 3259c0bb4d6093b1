"""Compressed forms: what gets them, where they lie, and that they are the file."""

import gzip
import os
import stat
from pathlib import Path

import pytest
from backports import zstd

from thakur.builds.packing import variants
from thakur.builds.packing.artifacts import LocalArtifacts, Packed
from thakur.builds.packing.pool import POOL

SCRIPT = "console.log('a script that repeats itself');" * 100


@pytest.fixture
def artifacts(tmp_path: Path) -> LocalArtifacts:
    return LocalArtifacts(tmp_path / "artifacts")


def pack(artifacts: LocalArtifacts, root: Path, **files: str | bytes) -> Packed:
    kept = root / "kept"
    (kept / "assets").mkdir(parents=True)
    (kept / "assets" / "app.js").write_text(SCRIPT)
    for name, content in files.items():
        (kept / name.replace("_", ".")).write_bytes(content.encode() if isinstance(content, str) else content)
    return artifacts.pack(1, kept, None, is_served=True)


def names(directory: Path) -> list[str]:
    return sorted(str(path.relative_to(directory)) for path in directory.rglob("*") if path.is_file())


def test_a_text_has_its_forms_beside_the_artifact(artifacts: LocalArtifacts, tmp_path: Path) -> None:
    packed = pack(artifacts, tmp_path)

    place = tmp_path / "artifacts" / "1" / packed.digest
    forms = [place.with_name(f"{place.name}.{coding}") / "assets" / "app.js" for coding in ("gz", "zst")]
    assert gzip.decompress(forms[0].read_bytes()).decode() == SCRIPT
    assert zstd.decompress(forms[1].read_bytes()).decode() == SCRIPT
    assert packed.variants_bytes == sum(form.stat().st_size for form in forms)
    assert packed.size_bytes == len(SCRIPT) + packed.variants_bytes
    assert names(place) == ["assets/app.js"]


async def test_the_digest_names_the_files_alone(artifacts: LocalArtifacts, tmp_path: Path) -> None:
    served = pack(artifacts, tmp_path)
    (tmp_path / "plain" / "assets").mkdir(parents=True)
    (tmp_path / "plain" / "assets" / "app.js").write_text(SCRIPT)

    assert artifacts.pack(1, tmp_path / "plain", None).digest == served.digest
    assert await artifacts.verify(1, served.digest)
    assert pack(artifacts, tmp_path) == served


def test_only_what_gets_smaller_and_may_be_shown_has_forms(artifacts: LocalArtifacts, tmp_path: Path) -> None:
    packed = pack(
        artifacts,
        tmp_path,
        small_js="x" * 100,
        photo_png="x" * 5000,
        _env_js="x" * 5000,
        noise_txt=os.urandom(5000),
        page_html="x" * 5000,
    )

    assert names(tmp_path / "artifacts" / "1" / f"{packed.digest}.gz") == ["assets/app.js", "page.html"]


def test_a_second_deploy_compresses_only_what_is_new(
    artifacts: LocalArtifacts, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = pack(artifacts, tmp_path, a_html="a" * 5000)
    compressed = []
    monkeypatch.setattr(variants.gzip, "compress", lambda content, *_, **__: compressed.append(content[:1]) or b"short")
    second = pack(artifacts, tmp_path, a_html="b" * 5000)

    forms = [tmp_path / "artifacts" / "1" / f"{each.digest}.gz" / "assets" / "app.js" for each in (first, second)]
    assert compressed == [b"b"]
    assert forms[0].stat().st_ino == forms[1].stat().st_ino


async def test_an_artifact_goes_with_its_forms(artifacts: LocalArtifacts, tmp_path: Path) -> None:
    packed = pack(artifacts, tmp_path)

    await artifacts.remove(1, packed.digest)

    assert [path.name for path in (tmp_path / "artifacts" / "1").rglob("*")] == [POOL]


def test_forms_without_their_artifact_are_removed_at_the_start(artifacts: LocalArtifacts, tmp_path: Path) -> None:
    packed = pack(artifacts, tmp_path)
    project = tmp_path / "artifacts" / "1"
    (project / f"{'0' * 64}.zst" / "assets").mkdir(parents=True)

    artifacts.remove_partial()

    forms = {f"{packed.digest}{end}" for end in ("", ".gz", ".zst")}
    assert {path.name for path in project.iterdir()} == {POOL, *forms}


def test_when_the_time_is_up_the_rest_stays_as_it_is(
    artifacts: LocalArtifacts, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(variants, "SECONDS", -1.0)

    assert pack(artifacts, tmp_path).variants_bytes == 0


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files away")
def test_the_service_reads_forms_and_the_tenant_has_no_part_in_them(tmp_path: Path) -> None:
    packed = pack(LocalArtifacts(tmp_path / "artifacts", service_gid=640_999), tmp_path)

    for path in (place := tmp_path / "artifacts" / "1" / f"{packed.digest}.gz", place / "assets/app.js"):
        found = path.stat()
        assert (found.st_uid, found.st_gid) == (0, 640_999)
        assert stat.S_IMODE(found.st_mode) == (0o750 if path.is_dir() else 0o640)
