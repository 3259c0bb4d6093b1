"""Reuse: the same source with the same settings has made an artifact before, and it is still there."""

import platform
from collections.abc import Callable, Mapping
from importlib.metadata import version
from pathlib import Path

import msgspec
from sqlalchemy import select

from thakur.builds.asked import Source
from thakur.builds.attempts.claims import is_in
from thakur.builds.interface import ArtifactNotFound, Build, Toolchain
from thakur.builds.models import ArtifactRow, BuildRow
from thakur.builds.packing.artifacts import LocalArtifacts, Packed
from thakur.builds.plan import Plan
from thakur.builds.statuses import BuildStatus
from thakur.db import Database
from thakur.projects import Overrides, said


class Reused(msgspec.Struct, frozen=True):
    """What build `number` made of `source`, and by which plan; the artifact has its own."""

    number: int
    source: Source
    plan: Plan
    artifact_plan: Plan
    packed: Packed


class Reuse:
    """Looks among a project's builds. `digest` tells two sets of settings apart and says nothing about them."""

    def __init__(
        self,
        db: Database,
        artifacts: LocalArtifacts,
        toolchain: Toolchain,
        passed: Mapping[str, str],
        digest: Callable[[Mapping[str, str]], str],
    ) -> None:
        self._db = db
        self._artifacts = artifacts
        self._toolchain = toolchain
        self._passed = dict(passed)
        self._digest = digest

    def inputs_digest(self, build: Build, env: Mapping[str, str], settings: Overrides) -> str:
        """The same for builds that are made of the same. Detection and steps are this version's."""
        said_here = {f"setting {name}": str(value) for name, value in said(settings).items()}
        return self._digest({"source": build.source.digest} | said_here | self._inputs(env))

    def circumstances(self, env: Mapping[str, str]) -> str:
        """The same for installations by the same tools on the same platform, whatever the source is."""
        return self._digest({"platform": platform.platform(), **self._inputs(env)})

    def _inputs(self, env: Mapping[str, str]) -> dict[str, str]:
        bun = Path(self._toolchain.bun).stat()
        inputs = {
            "thakur": version("thakur-deploy"),
            "bun": f"{self._toolchain.bun} {bun.st_size} {bun.st_mtime_ns}",
            "versions": repr(sorted(self._toolchain.versions.items())),
        }
        return inputs | {f"env {name}": value for name, value in {**self._passed, **env}.items()}

    async def find(self, build: Build, inputs_digest: str) -> Reused | None:
        """The newest such artifact whose files are still there."""
        async with self._db.session() as session:
            found = await session.execute(
                select(
                    BuildRow.number,
                    BuildRow.source,
                    BuildRow.plan,
                    ArtifactRow.plan,
                    ArtifactRow.digest,
                    ArtifactRow.size_bytes,
                    ArtifactRow.files,
                )
                .join(ArtifactRow, ArtifactRow.id == BuildRow.artifact_id)
                .where(
                    BuildRow.project_id == build.project_id,
                    is_in(BuildStatus.SUCCEEDED),
                    BuildRow.inputs_digest == inputs_digest,
                    ArtifactRow.removed_at.is_(None),
                )
                .order_by(BuildRow.number.desc())
                .limit(1)
                # Whoever is removing it now is waited for.
                .with_for_update(read=True, of=ArtifactRow)
            )
            row = found.one_or_none()
        if row is None:
            return None
        number, source, plan, artifact_plan, digest, size_bytes, files = row
        try:
            await self._artifacts.directory(build.project_id, digest)
        except ArtifactNotFound:
            return None
        return Reused(
            number,
            msgspec.convert(source, Source),
            msgspec.convert(plan, Plan),
            msgspec.convert(artifact_plan, Plan),
            Packed(digest, size_bytes, files),
        )
