"""The install step: what is run, and what the log says of lockfiles and scripts."""

import json
import subprocess
from pathlib import Path

import msgspec
import pytest

from support.fake_sandbox import FakeSandbox
from support.recorded_logs import RecordingWriter
from thakur.builds import BuildFailed, Plan, Toolchain
from thakur.builds.steps.command import Deadline, Place, Steps
from thakur.builds.steps.installing import TIDY, Installer
from thakur.builds.steps.planning import equipped
from thakur.sandbox import Exit

HOISTED = ("bun", "install", "--linker", "hoisted")
FROZEN = ("bun", "install", "--frozen-lockfile")
BLOCKED = (b"Blocked 2 postinstalls. Run `bun pm untrusted` for details.\n", Exit(code=0))
DONE = (b"", Exit(code=0))
TOOLS = Toolchain(bun="/bun", versions={"bun": "1.4.4"}, stand_in="26.3.0", binds=(), path=())
PLAN = Plan(framework="Hono", kind="server", install=HOISTED)


class Desk:
    def __init__(self, directory: Path, *exits: tuple[bytes, Exit]) -> None:
        self.sandbox = FakeSandbox(*exits)
        self.installer = Installer(Steps(self.sandbox, TOOLS, {}))
        self.writer = RecordingWriter()
        self.place = Place(name="build-1-1", workspace=directory, uid=1, writer=self.writer, deadline=Deadline(9))

    async def install(self, plan: Plan = PLAN) -> None:
        ground = await self.installer.look(self.place, plan)
        self.place = equipped(self.place, ground.manager)
        self.is_whole = await self.installer.install(self.place, plan, ground)

    @property
    def commands(self) -> list[tuple[str, ...]]:
        return [spec.argv for spec in self.sandbox.specs]

    def said(self, level: str) -> str:
        return "\n".join(text for found, text in self.writer.lines if found == level)


def lay(directory: Path, manifest: dict[str, object] | None = None, **files: str) -> Path:
    (directory / "package.json").write_text(json.dumps(manifest or {}))
    for name, text in files.items():
        (directory / name.replace("_", ".").replace("e.lock", "e-lock").replace("m.lock", "m-lock")).write_text(text)
    return directory


async def test_a_lockfile_of_npm_is_taken_over_and_left_in_a_format_that_tools_know(tmp_path: Path) -> None:
    desk = Desk(lay(tmp_path, package_lock_json='{"lockfileVersion": 3}'))

    await desk.install()

    assert desk.commands[0] == HOISTED
    assert desk.commands[1][:2] == ("sh", "-c")
    assert "bun installs in place of npm@11.6.0, by package-lock.json" in desk.said("deploy")
    assert desk.said("warning") == ""
    told = desk.sandbox.specs[0].env
    assert (told["THAKUR_PACKAGE_MANAGER"], told["npm_config_user_agent"][:11]) == ("npm@11.6.0", "npm/11.6.0 ")


async def test_a_lockfile_that_bun_cannot_take_over_is_said_with_the_consequence(tmp_path: Path) -> None:
    desk = Desk(lay(tmp_path, package_lock_json='{"lockfileVersion": 1}'))

    await desk.install()

    assert "package-lock.json is of format 1" in desk.said("warning")
    assert "may differ from yours" in desk.said("warning")


async def test_install_scripts_run_as_with_npm_where_the_project_comes_from_there(tmp_path: Path) -> None:
    desk = Desk(lay(tmp_path), BLOCKED)

    await desk.install()

    assert desk.commands == [HOISTED, ("bun", "pm", "trust", "--all")]


@pytest.mark.parametrize("manifest", [{"trustedDependencies": ["esbuild"]}, {}])
async def test_buns_own_projects_say_whose_scripts_run_and_the_others_are_named(
    tmp_path: Path, manifest: dict[str, object]
) -> None:
    lock = {} if manifest else {"bun_lock": "{}"}
    desk = Desk(lay(tmp_path, manifest, **lock), BLOCKED)

    await desk.install(msgspec.structs.replace(PLAN, install=FROZEN))

    assert desk.commands == [FROZEN, ("bun", "pm", "untrusted")]
    assert "trustedDependencies" in desk.said("warning")


@pytest.mark.parametrize("trusts", [True, False])
async def test_the_projects_settings_say_whether_install_scripts_run(tmp_path: Path, *, trusts: bool) -> None:
    lock = {"bun_lock": "{}"} if trusts else {}
    desk = Desk(lay(tmp_path, **lock), BLOCKED)

    await desk.install(msgspec.structs.replace(PLAN, trusts_scripts=trusts))

    assert desk.commands[1] == (("bun", "pm", "trust", "--all") if trusts else ("bun", "pm", "untrusted"))


async def test_a_script_that_fails_is_told_and_the_others_run_without_it(tmp_path: Path) -> None:
    broken = (b'gyp ERR! find Python\nerror: install script from "canvas" exited with 1\n', Exit(code=1))
    listed = (b"./node_modules/canvas @2.11.2\n \xc2\xbb [install]: x\n\n./node_modules/@x/core @1.0.0\n", Exit(code=0))
    desk = Desk(lay(tmp_path), BLOCKED, broken, listed)

    await desk.install()

    assert desk.commands[1:] == [
        ("bun", "pm", "trust", "--all"),
        ("bun", "pm", "untrusted"),
        ("bun", "pm", "trust", "@x/core"),
    ]
    assert "install script of canvas failed" in desk.said("warning")
    assert "native code" in desk.said("warning")
    assert not desk.is_whole


async def test_an_installation_that_is_tried_again_is_judged_by_the_source(tmp_path: Path) -> None:
    desk = Desk(lay(tmp_path, package_lock_json='{"lockfileVersion": 3}'), (b"", Exit(code=1)), BLOCKED)
    ground = await desk.installer.look(desk.place, PLAN)
    with pytest.raises(BuildFailed):
        await desk.installer.install(desk.place, PLAN, ground)
    (tmp_path / "bun.lock").write_text("{}")

    assert await desk.installer.install(desk.place, PLAN, ground)
    assert ("bun", "pm", "trust", "--all") in desk.commands


async def test_an_installation_that_fails_on_a_native_module_says_so(tmp_path: Path) -> None:
    desk = Desk(lay(tmp_path), (b'gyp ERR! build\nerror: install script from "argon2" exited with 1\n', Exit(code=1)))

    with pytest.raises(BuildFailed) as failed:
        await desk.install()

    assert failed.value.failure.code == "native_module_unbuilt"


async def test_a_drifted_lockfile_is_told_and_installed_without(tmp_path: Path) -> None:
    desk = Desk(lay(tmp_path, bun_lock="{}"), (b"error: lockfile had changes, but lockfile is frozen\n", Exit(code=1)))

    await desk.install(msgspec.structs.replace(PLAN, install=FROZEN))

    assert desk.commands == [FROZEN, ("bun", "install")]
    assert "Lockfile drift" in desk.said("warning")


async def test_an_engine_that_is_not_there_is_a_warning(tmp_path: Path) -> None:
    desk = Desk(lay(tmp_path, {"engines": {"node": "20.x"}}))

    await desk.install()

    assert "asks for node 20.x" in desk.said("warning")


async def test_packages_of_pnpm_are_laid_out_flat_where_the_project_says_so(tmp_path: Path) -> None:
    desk = Desk(lay(tmp_path, pnpm_lock_yaml="lockfileVersion: '9.0'\n"))
    (tmp_path / ".npmrc").write_text("shamefully-hoist=true\n")

    await desk.install(msgspec.structs.replace(PLAN, install=("bun", "install")))

    assert desk.commands[0] == HOISTED


async def test_a_command_of_the_projects_own_is_run_as_it_is(tmp_path: Path) -> None:
    desk = Desk(lay(tmp_path, package_lock_json='{"lockfileVersion": 3}'), BLOCKED)

    await desk.install(msgspec.structs.replace(PLAN, install=("sh", "-c", "make deps")))

    assert desk.commands == [("sh", "-c", "make deps")]


@pytest.mark.parametrize(
    ("lock", "after"),
    [
        (
            '{\n  "lockfileVersion": 2,\n  "x": "lockfileVersion": 2',
            '{\n  "lockfileVersion": 1,\n  "x": "lockfileVersion": 2',
        ),
        (None, None),
    ],
)
def test_what_is_left_of_a_taken_over_lockfile_is_what_tools_know(
    tmp_path: Path, lock: str | None, after: str | None
) -> None:
    (tmp_path / "nx.json").touch()
    (tmp_path / "pnpm-lock.yaml").touch()
    if lock is not None:
        (tmp_path / "bun.lock").write_text(lock)

    subprocess.run(["sh", "-c", TIDY], cwd=tmp_path, check=True)

    assert not (tmp_path / "pnpm-lock.yaml").exists()
    assert after is None or (tmp_path / "bun.lock").read_text() == after
