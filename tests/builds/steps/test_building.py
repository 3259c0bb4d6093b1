"""The build step: on bun, on node, and once more on node."""

import contextlib
import json
from pathlib import Path

import msgspec
import pytest

from support.building import BuildPlace
from support.fake_sandbox import FakeSandbox
from support.recorded_logs import RecordingWriter
from support.tarballs import packed_files
from thakur.builds import BuildFailed, Plan, Toolchain
from thakur.builds.caches.loans import Loan
from thakur.builds.caches.shelf import Shelf
from thakur.builds.steps import building
from thakur.builds.steps.building import Builder
from thakur.builds.steps.command import Deadline, Place, Steps
from thakur.sandbox import Exit, NoProgress

STRANGE = (b"TypeError: 'traverse' is undefined\n", Exit(code=1))
TYPES = (b"error TS2322: Type 'string' is not assignable\n", Exit(code=1))
STALLED = (b"building...\n", NoProgress("nothing"))
NODE = Toolchain(bun="/bun", node="/node", versions={"bun": "1.4.4", "node": "24.1.0"}, binds=(), path=())
NO_NODE = Toolchain(bun="/bun", versions={"bun": "1.4.4"}, binds=(), path=())
PLAN = Plan(framework="Vite", kind="static", build=("bun", "run", "build"))


class Desk:
    def __init__(self, directory: Path, tools: Toolchain, *exits: tuple[bytes, Exit | Exception]) -> None:
        self.sandbox = FakeSandbox(*exits)
        self.builder = Builder(Steps(self.sandbox, tools, {}))
        self.writer = RecordingWriter()
        self.loan = Loan(Shelf(directory.parent / "caches"), directory, None)
        self.place = Place(name="build-1-1", workspace=directory, uid=1, writer=self.writer, deadline=Deadline(9))

    async def build(self, plan: Plan = PLAN) -> Plan:
        return await self.builder.build(self.place, plan, self.loan)

    def begin(self, *, is_fresh: bool = False) -> None:
        self.loan.open(PLAN, is_fresh=is_fresh)

    @property
    def ran_on(self) -> list[str]:
        return [spec.env["THAKUR_RUNTIME"] for spec in self.sandbox.specs]

    @property
    def said(self) -> str:
        return "\n".join(text for _, text in self.writer.lines)


async def test_a_build_runs_on_bun(tmp_path: Path) -> None:
    desk = Desk(tmp_path, NODE)

    assert await desk.build() == PLAN
    assert desk.ran_on == ["bun"]


@pytest.mark.parametrize("first", [STRANGE, STALLED], ids=["strange", "stalled"])
async def test_what_may_be_buns_fault_is_tried_once_more_on_node(tmp_path: Path, first: tuple) -> None:
    desk = Desk(tmp_path, NODE, first)

    plan = await desk.build()

    assert desk.ran_on == ["bun", "node"]
    assert plan.build_runtime == "node"
    assert "trying once more on node 24.1.0" in desk.said


async def test_only_once(tmp_path: Path) -> None:
    desk = Desk(tmp_path, NODE, STRANGE, STRANGE, STRANGE)

    with pytest.raises(BuildFailed):
        await desk.build()

    assert desk.ran_on == ["bun", "node"]


async def test_what_fails_everywhere_is_not_tried_again(tmp_path: Path) -> None:
    desk = Desk(tmp_path, NODE, TYPES)

    with pytest.raises(BuildFailed):
        await desk.build()

    assert desk.ran_on == ["bun"]


async def test_the_second_try_finds_nothing_of_the_first(tmp_path: Path) -> None:
    workspace = tmp_path / "workspace"
    workspace.mkdir()

    class Writing(FakeSandbox):
        async def run(self, spec, *others):
            left = (workspace / "dist").exists()
            (workspace / "dist").touch()
            found.append(left)
            return await super().run(spec, *others)

    found: list[bool] = []
    desk = Desk(workspace, NODE)
    desk.builder = Builder(Steps(Writing(STRANGE), NODE, {}))

    await desk.build()

    assert found == [False, False]


async def test_the_second_try_finds_the_sources_as_they_came(tmp_path: Path) -> None:
    workspace = tmp_path / "workspace"
    workspace.mkdir()
    (workspace / "version.ts").write_text("1")

    class Counting(FakeSandbox):
        async def run(self, spec, *others):
            found.append((workspace / "version.ts").read_text())
            (workspace / "version.ts").write_text("2")
            return await super().run(spec, *others)

    found: list[str] = []
    desk = Desk(workspace, NODE)
    desk.builder = Builder(Steps(Counting(STRANGE), NODE, {}))

    await desk.build()

    assert found == ["1", "1"]


async def begun(directory: Path, tools: Toolchain, *exits: tuple, lock: str = "1", is_fresh: bool = False) -> Desk:
    """One more build of the same project."""
    workspace = directory / str(len(list(directory.iterdir())))
    workspace.mkdir()
    (workspace / "bun.lock").write_text(lock)
    desk = Desk(workspace, tools, *exits)
    desk.begin(is_fresh=is_fresh)
    with contextlib.suppress(BuildFailed):
        await desk.build()
    return desk


async def test_the_next_build_begins_with_what_the_last_one_ran_on(tmp_path: Path) -> None:
    await begun(tmp_path, NODE, STRANGE)

    second = await begun(tmp_path, NODE)

    assert second.ran_on == ["node"]
    assert "Beginning with node 24.1.0: an earlier build" in second.said


@pytest.mark.parametrize(
    ("tools", "lock", "is_fresh"),
    [
        (msgspec.structs.replace(NODE, versions={"bun": "1.5", "node": "24.1.0"}), "1", False),
        (NODE, "2", False),
        (NODE, "1", True),
    ],
    ids=["another bun", "another lockfile", "a fresh build"],
)
async def test_bun_is_tried_again_when_it_or_the_packages_are_others(
    tmp_path: Path, tools: Toolchain, lock: str, is_fresh: bool
) -> None:
    await begun(tmp_path, NODE, STRANGE)

    assert (await begun(tmp_path, tools, lock=lock, is_fresh=is_fresh)).ran_on == ["bun"]


@pytest.mark.parametrize(("failure", "third"), [(STRANGE, ["bun"]), (TYPES, ["node"])], ids=["strange", "types"])
async def test_bun_is_tried_again_when_node_fails_for_no_reason_of_the_sources(
    tmp_path: Path, failure: tuple, third: list[str]
) -> None:
    await begun(tmp_path, NODE, STRANGE)

    assert (await begun(tmp_path, NODE, failure)).ran_on == ["node"]
    assert (await begun(tmp_path, NODE)).ran_on == third


async def test_tools_that_are_known_to_fail_on_bun_run_on_node_at_once(tmp_path: Path) -> None:
    desk = Desk(tmp_path, NODE)

    await desk.build(msgspec.structs.replace(PLAN, build_runtime="node"))

    assert desk.ran_on == ["node"]


async def test_a_host_without_node_builds_on_bun_and_says_what_is_missing(tmp_path: Path) -> None:
    desk = Desk(tmp_path, NO_NODE, STRANGE)

    with pytest.raises(BuildFailed) as failed:
        await desk.build(msgspec.structs.replace(PLAN, build_runtime="node"))

    assert desk.ran_on == ["bun"]
    assert "this host has no node" in desk.said
    assert "thakur-deploy[node]" in failed.value.failure.next


NEEDS_NODE = "if (process.versions.bun) throw new TypeError('traverse is undefined')\n"
HANGS_ON_BUN = "if (process.versions.bun) setInterval(() => {}, 10_000)\n"


@pytest.mark.parametrize("tool", [NEEDS_NODE, HANGS_ON_BUN], ids=["fails", "hangs"])
async def test_a_tool_that_only_runs_on_node_builds(
    place: BuildPlace, monkeypatch: pytest.MonkeyPatch, tool: str
) -> None:
    # Long enough for bun to start on a busy host.
    monkeypatch.setattr(building, "IDLE_SECONDS", 1.0)
    assert place.toolchain.node, "there is no node on this host: pip install 'thakur-deploy[node]'"
    write = "require('fs').writeFileSync('index.html', process.version)\n"
    files = {
        "package.json": json.dumps({"scripts": {"build": "node tool.js", "start": "bun server.js"}}),
        "tool.js": f"{tool}if (!process.versions.bun) {write}",
    }

    outcome = await place.build(packed_files(files))

    directory = Path(await place.artifacts.directory(1, outcome.packed.digest))
    assert (directory / "index.html").read_text() == f"v{place.toolchain.versions['node']}"
    assert outcome.plan.build_runtime == "node"
    assert any("trying once more on node" in text for level, text in place.lines if level == "warning")
