"""One command in the sandbox, and what its end means."""

import json
import os
from pathlib import Path

import msgspec
import pytest

from support.building import TENANT_BASE, BuildPlace
from support.fake_sandbox import FakeSandbox
from support.recorded_logs import RecordingWriter
from thakur.builds import BuildFailed
from thakur.builds.steps.command import BUILD_ENV, BUILD_PROCESSES, INSTALL_ENV, Deadline, Place, Steps, build_limits
from thakur.sandbox import Exit

ARGV = ("bun", "run", "build")


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    workspace = tmp_path / "workspace"
    workspace.mkdir()
    if os.geteuid() == 0:
        os.chown(workspace, TENANT_BASE + 1, TENANT_BASE + 1)
    return workspace


def make_place(workspace: Path, seconds: float = 9.0) -> Place:
    return Place(
        name="build-1-1",
        workspace=workspace,
        uid=TENANT_BASE + 1,
        writer=RecordingWriter(),
        deadline=Deadline(seconds),
    )


async def test_a_command_runs_with_bun_and_only_what_is_passed(place: BuildPlace, workspace: Path) -> None:
    steps = Steps(place.sandbox, place.toolchain, {"HTTPS_PROXY": "http://proxy"})
    here = make_place(workspace)
    code = "console.log(process.cwd(), JSON.stringify(Object.keys(process.env).sort()), process.env.HTTPS_PROXY)"

    await steps.run(here, ("bun", "-e", code), INSTALL_ENV)

    directory, names, proxy = here.writer.raw.decode().split()
    expected = {*INSTALL_ENV, "HTTPS_PROXY", "HOME", "LANG", "PATH", "USER"}
    assert directory == "/app"
    assert expected <= set(json.loads(names)) <= expected | {"PWD", "SHLVL", "_", "OLDPWD"}
    assert proxy == "http://proxy"


async def test_tools_that_ask_for_node_find_one(place: BuildPlace, workspace: Path) -> None:
    here = make_place(workspace)
    (workspace / "tool").write_text("#!/usr/bin/env node\nconsole.log('ran', typeof require)\n")
    (workspace / "tool").chmod(0o755)

    await Steps(place.sandbox, place.toolchain, {}).run(here, ("/app/tool",), BUILD_ENV)

    assert here.writer.raw.decode() == "ran function\n"


async def test_a_command_that_fails_tells_its_code(place: BuildPlace, workspace: Path) -> None:
    with pytest.raises(BuildFailed) as failed:
        await Steps(place.sandbox, place.toolchain, {}).run(
            make_place(workspace), ("bun", "-e", "console.error('why'); process.exit(3)"), BUILD_ENV
        )

    assert failed.value.failure.code == "command_failed"
    assert "exit code 3" in failed.value.failure.what
    assert failed.value.output == "why\n"


async def test_a_command_that_never_ends_is_stopped(place: BuildPlace, workspace: Path) -> None:
    with pytest.raises(BuildFailed) as failed:
        await Steps(place.sandbox, place.toolchain, {}).run(
            make_place(workspace, seconds=0.5), ("bun", "-e", "setInterval(() => {}, 1000)"), BUILD_ENV
        )

    assert failed.value.failure.code == "build_timeout"


@pytest.mark.parametrize(
    ("ended", "code", "word"),
    [
        (Exit(code=1, is_out_of_memory=True), "build_out_of_memory", "GB"),
        (Exit(signal=9, is_out_of_memory=True), "build_out_of_memory", "GB"),
        (Exit(code=134, hit_process_limit=True), "build_too_many_processes", str(BUILD_PROCESSES)),
        (Exit(code=127), "command_not_found", "package.json"),
        (Exit(code=2), "command_failed", "wrote nothing"),
        (Exit(signal=11), "command_failed", "wrote nothing"),
    ],
)
async def test_each_end_has_its_words(place: BuildPlace, workspace: Path, ended: Exit, code: str, word: str) -> None:
    with pytest.raises(BuildFailed) as failed:
        await Steps(FakeSandbox((b"", ended)), place.toolchain, {}).run(make_place(workspace), ARGV, BUILD_ENV)

    failure = failed.value.failure
    assert failure.code == code
    assert "bun run build" in failure.what
    assert word in failure.why
    assert failure.next


async def test_the_command_s_own_words_give_the_cause_away_and_no_secret(place: BuildPlace, workspace: Path) -> None:
    here = msgspec.structs.replace(make_place(workspace), env={"TOKEN": "s3cret-s3cret"})
    output = b"x" * 200 + b"\nerror: Cannot find module './s3cret-s3cret.js' from '/app/index.ts'\n"
    unknown = b"error: s3cret-s3cret is no good\n"
    sandbox = FakeSandbox((output, Exit(code=1)), (unknown, Exit(code=1)))
    told = []
    for _ in range(2):
        with pytest.raises(BuildFailed) as failed:
            await Steps(sandbox, place.toolchain, {}).run(here, ARGV, BUILD_ENV)
        told.append(failed.value.failure)

    assert [failure.code for failure in told] == ["file_missing", "command_failed"]
    assert "index.ts imports" in told[0].why
    assert "is no good" in told[1].why
    assert not any("s3cret" in failure.why for failure in told)


async def test_a_limit_that_was_met_by_a_command_that_succeeded_is_no_failure(
    place: BuildPlace, workspace: Path
) -> None:
    ended = Exit(code=0, is_out_of_memory=True, hit_process_limit=True)

    await Steps(FakeSandbox((b"", ended)), place.toolchain, {}).run(make_place(workspace), ARGV, BUILD_ENV)


def test_a_build_never_takes_the_whole_host(monkeypatch: pytest.MonkeyPatch) -> None:
    assert build_limits().processes == BUILD_PROCESSES

    monkeypatch.setattr(os, "sysconf", lambda name: 4096 if name == "SC_PAGE_SIZE" else 1024**3 // 4096)
    monkeypatch.setattr(os, "sched_getaffinity", lambda pid: {0})

    assert build_limits().memory_bytes == int(1024**3 * 0.6)
    assert build_limits().cpus == 1.0


async def test_a_project_s_own_env_beats_the_defaults_but_not_where_caches_lie(
    place: BuildPlace, workspace: Path
) -> None:
    sandbox = FakeSandbox()
    own = {"CI": "false", "TOKEN": "own", "HTTPS_PROXY": "http://own", "BUN_INSTALL_CACHE_DIR": "/elsewhere"}
    here = msgspec.structs.replace(make_place(workspace), env=own)

    await Steps(sandbox, place.toolchain, {"HTTPS_PROXY": "http://host"}).run(here, ARGV, BUILD_ENV)

    (spec,) = sandbox.specs
    assert spec.env == BUILD_ENV | own | {"BUN_INSTALL_CACHE_DIR": BUILD_ENV["BUN_INSTALL_CACHE_DIR"]}
