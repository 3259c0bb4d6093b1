"""The build step: on bun, on node, and once more on node."""

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
