"""The pipeline over real uploads."""

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from support.building import BuildPlace, body_of, make_build
from support.fake_sandbox import FakeSandbox
from support.tarballs import link, packed, packed_files, packed_folder
from support.waiting import eventually
from thakur.builds import BuildFailed
from thakur.builds.attempts.attempt import Attempt
from thakur.projects import Overrides
from thakur.sandbox import Exit, SandboxRefused, Spec, Workspace

EXAMPLES = Path(__file__).parents[2] / "examples"
FROZEN = ("bun", "install", "--frozen-lockfile")


def fake_place(tmp_path: Path, *exits: tuple[bytes, Exit]) -> tuple[BuildPlace, FakeSandbox]:
    sandbox = FakeSandbox(*exits)
    return BuildPlace(tmp_path / "data", sandbox), sandbox


def leftovers(place: BuildPlace, tmp_path: Path) -> list[str]:
    return [path.name for path in (tmp_path / "data" / "builds" / "1").iterdir() if path.name != "cache"]


async def test_a_plain_folder_becomes_an_artifact(place: BuildPlace, tmp_path: Path) -> None:
    outcome = await place.build(packed_folder(EXAMPLES / "plain"))

    directory = Path(await place.artifacts.directory(1, outcome.packed.digest))
    assert sorted(path.name for path in directory.iterdir()) == ["404.html", "index.html", "style.css"]
    assert [step.name for step in outcome.steps] == ["unpack", "detect", "install", "build", "package"]
    assert ("deploy", "Detected Plain folder: files to serve") in place.lines
    assert place.lines[-1][0] == "success"
    assert leftovers(place, tmp_path) == []


@pytest.mark.walk
async def test_a_hono_server_is_installed_from_the_registry(place: BuildPlace, tmp_path: Path) -> None:
    first = await place.build(packed_folder(EXAMPLES / "hono"))
    shared = sum(1 for _ in (tmp_path / "data" / "artifacts" / "1" / ".files").iterdir())
    second = await place.build(packed_folder(EXAMPLES / "hono"))

    assert first.plan.start == ("bun", "src/index.ts")
    assert first.packed == second.packed
    assert shared > 100, "packages are hard links into bun's cache, or they would not be shared"
    assert await place.artifacts.verify(1, first.packed.digest)
    directory = Path(await place.artifacts.directory(1, first.packed.digest))
    assert (directory / "node_modules" / "hono" / "package.json").is_file()
    assert not (directory / ".thakur-cache").exists()


@pytest.mark.walk
async def test_a_build_that_overwrites_a_package_in_place_leaves_earlier_artifacts(place: BuildPlace) -> None:
    folder = {path.name: path.read_text() for path in (EXAMPLES / "hono").iterdir() if path.is_file()}
    first = await place.build(packed_files(folder | {"index.ts": "export default {}"}))
    evil = folder["package.json"].replace(
        '"dev"',
        '"build": "echo evil >> node_modules/hono/package.json; echo evil >> node_modules/hono/README.md", "dev"',
    )

    await place.build(packed_files(folder | {"index.ts": "export default {}", "package.json": evil}))

    assert await place.artifacts.verify(1, first.packed.digest)


async def test_a_server_is_packed_without_what_only_development_needs(place: BuildPlace) -> None:
    files = {
        "package.json": json.dumps(
            {
                "dependencies": {"needed": "file:./needed"},
                "devDependencies": {"tool": "file:./tool"},
                "scripts": {"start": "bun server.js"},
            }
        ),
        "needed/package.json": '{"name": "needed", "version": "1.0.0"}',
        "tool/package.json": '{"name": "tool", "version": "1.0.0"}',
        "server.js": "require('needed')",
    }

    outcome = await place.build(packed_files(files))

    directory = Path(await place.artifacts.directory(1, outcome.packed.digest))
    assert [path.name for path in (directory / "node_modules").iterdir() if path.name[0] != "."] == ["needed"]
    assert any("Left out 1 package that only development needs" in text for _, text in place.lines)


async def test_a_build_script_makes_the_output(place: BuildPlace) -> None:
    # A package in the folder itself: nothing is asked of the registry.
    files = {
        "package.json": """{"devDependencies": {"vite": "file:./vite"},
            "scripts": {"build": "mkdir dist && vite $NODE_ENV > dist/index.html"}}""",
        "vite/package.json": '{"name": "vite", "version": "1.0.0", "bin": "vite.js"}',
        "vite/vite.js": "#!/usr/bin/env node\nconsole.log('built for', process.argv[2])\n",
    }

    outcome = await place.build(packed_files(files))

    directory = Path(await place.artifacts.directory(1, outcome.packed.digest))
    assert (directory / "index.html").read_text() == "built for production\n"
    assert outcome.packed.files == 1
    assert ("deploy", "Building with bun run build") in place.lines


async def test_a_failed_build_says_why_and_leaves_nothing_but_its_cache(tmp_path: Path) -> None:
    place, _ = fake_place(tmp_path, (b"", Exit(code=0)), (b"Cannot find module 'x'\n", Exit(code=1)))
    files = {"package.json": '{"dependencies": {"hono": "4"}, "scripts": {"build": "x"}}', "index.ts": ""}

    with pytest.raises(BuildFailed) as failed:
        await place.build(packed_files(files))

    failure = failed.value.failure
    assert place.lines[-3:] == [("error", failure.what), ("error", failure.why), ("error", failure.next)]
    assert place.output == "Cannot find module 'x'\n"
    assert [step.name for step in place.attempt.steps] == ["unpack", "detect", "install", "build"]
    assert leftovers(place, tmp_path) == []
    assert (tmp_path / "data" / "builds" / "1" / "cache").is_dir()


CACHED = "node_modules/.cache/tool"
COUNTING = f"""
const fs = require('fs')
const before = fs.existsSync('{CACHED}/count') ? fs.readFileSync('{CACHED}/count', 'utf8') : 'none'
fs.mkdirSync('{CACHED}', {{recursive: true}})
fs.writeFileSync('{CACHED}/count', process.argv[2])
fs.mkdirSync('dist')
fs.writeFileSync('dist/index.html', before)
console.log('before', before)
if (before === 'broken') console.log('thread panicked at')
if (process.argv[2] === 'failed' || before === 'broken') process.exit(1)
"""


@pytest.mark.walk
async def test_a_build_goes_on_from_the_framework_cache_of_the_last_that_succeeded(place: BuildPlace) -> None:
    def source(word: str) -> bytes:
        manifest = {
            "devDependencies": {"vite": "file:./vite"},
            "scripts": {"build": f"rm -rf dist && bun run.js {word}"},
        }
        package = '{"name": "vite", "version": "1.0.0"}'
        return packed_files({"package.json": json.dumps(manifest), "vite/package.json": package, "run.js": COUNTING})

    await place.build(source("first"))
    assert "before none\n" in place.output
    with pytest.raises(BuildFailed):
        await place.build(source("failed"))
    assert "before first\n" in place.output
    await place.build(source("broken"))
    assert "before first\n" in place.output
    assert ("deploy", "Going on from the last build's node_modules/.cache") in place.lines

    mended = await place.build(source("mended"))

    assert "before broken\n" in place.output
    assert place.output.endswith("before none\n")
    directory = Path(await place.artifacts.directory(1, mended.packed.digest))
    assert (directory / "index.html").read_text() == "none"
    assert any(level == "warning" and text.startswith("Building again") for level, text in place.lines)


LOCK = """{
  "lockfileVersion": 1,
  "configVersion": 1,
  "workspaces": {
    "": {"name": "shop", "dependencies": {"vite": "workspace:*"}},
    "packages/vite": {"name": "vite", "version": "1.0.0"},
  },
  "packages": {"vite": ["vite@workspace:packages/vite"]},
}
"""


@pytest.mark.walk
async def test_packages_of_an_unchanged_lockfile_stay_installed_and_scripts_run_again(place: BuildPlace) -> None:
    def source(build: str) -> bytes:
        manifest = {
            "name": "shop",
            "workspaces": ["packages/*"],
            "dependencies": {"vite": "workspace:*"},
            "scripts": {
                "postinstall": "echo ran after installing",
                "build": f"mkdir dist && echo hi > dist/index.html; {build}",
            },
        }
        member = '{"name": "vite", "version": "1.0.0"}'
        return packed_files(
            {
                "package.json": json.dumps(manifest),
                "packages/vite/package.json": member,
                "bun.lock": LOCK,
                "index.html": "",
            }
        )

    going_on = ("deploy", "The dependencies are those of an earlier build: going on from its packages")
    await place.build(source("true"))
    assert going_on not in place.lines
    with pytest.raises(BuildFailed):
        await place.build(source("touch node_modules/vite/evil; exit 1"))
    assert going_on in place.lines
    await place.build(source("touch node_modules/evil"))
    assert going_on in place.lines, "a member of the workspace is the source's own and no installed package"
    assert "ran after installing" in place.output

    await place.build(source("ls node_modules"))

    assert going_on not in place.lines
    assert "evil" not in place.output


async def test_an_ordinary_failure_is_not_built_again(tmp_path: Path) -> None:
    place, sandbox = fake_place(tmp_path, (b"", Exit(code=0)), (b"error TS2304", Exit(code=1)))

    with pytest.raises(BuildFailed):
        await place.build(
            packed_files({"package.json": '{"dependencies": {"hono": "4"}, "scripts": {"build": "x"}}', "index.ts": ""})
        )

    assert len(sandbox.specs) == 2


async def test_an_install_that_a_broken_package_cache_fails_is_done_again_without(tmp_path: Path) -> None:
    place, sandbox = fake_place(tmp_path)
    bun = tmp_path / "data" / "builds" / "1" / "cache" / "packages" / "bun"
    bun.mkdir(parents=True)
    sandbox.exits = [(b"error: Integrity check failed for tarball: ms", Exit(code=1))]

    await place.build(packed_files({"package.json": '{"dependencies": {"hono": "4"}}', "index.ts": ""}))

    assert len(sandbox.specs) == 2
    assert any(level == "warning" and text.startswith("Installing again") for level, text in place.lines)
    assert not bun.exists()


async def test_a_lockfile_that_does_not_fit_is_told_and_left_aside(tmp_path: Path) -> None:
    frozen = (b"error: lockfile had changes, but lockfile is frozen\n", Exit(code=1))
    place, sandbox = fake_place(tmp_path, frozen)

    await place.build(packed_files({"package.json": '{"dependencies": {"hono": "4"}}', "bun.lock": "", "index.ts": ""}))

    assert [spec.argv for spec in sandbox.specs] == [FROZEN, ("bun", "install")]
    assert any(level == "warning" and "lockfile" in text for level, text in place.lines)


async def test_node_env_is_set_for_the_build_and_not_for_the_installation(tmp_path: Path) -> None:
    place, sandbox = fake_place(tmp_path)

    await place.build(
        packed_files({"package.json": '{"dependencies": {"koa": "3"}, "scripts": {"build": "x"}}', "index.js": ""})
    )

    assert [spec.env.get("NODE_ENV") for spec in sandbox.specs] == [None, "production"]


@pytest.mark.parametrize(
    ("archive", "code"),
    [
        (packed(link("evil", "/etc/passwd")), "upload_invalid"),
        (b"no archive", "upload_invalid"),
        (packed(("README.md", b"hello")), "nothing_recognised"),
        (packed(("package.json", b"{")), "package_json_invalid"),
    ],
    ids=["link", "garbage", "unknown", "broken manifest"],
)
async def test_refused_uploads_fail_with_a_reason(tmp_path: Path, archive: bytes, code: str) -> None:
    place, sandbox = fake_place(tmp_path)

    with pytest.raises(BuildFailed) as failed:
        await place.build(archive)

    assert failed.value.failure.code == code
    assert failed.value.failure.next
    assert sandbox.specs == []
    assert leftovers(place, tmp_path) == []


async def test_an_output_that_is_missing_is_a_failure(tmp_path: Path) -> None:
    place, _ = fake_place(tmp_path)

    with pytest.raises(BuildFailed) as failed:
        await place.build(packed_files({"package.json": '{"dependencies": {"vite": "8"}}', "index.html": ""}))

    assert failed.value.failure.code == "output_missing"


async def test_an_upload_that_is_gone_is_a_failure(tmp_path: Path) -> None:
    place, _ = fake_place(tmp_path)

    with pytest.raises(BuildFailed) as failed:
        await place.pipeline.run(Attempt(make_build(1, 1, "0" * 64)))

    assert failed.value.failure.code == "upload_missing"


async def test_a_canceled_build_leaves_nothing(tmp_path: Path) -> None:
    place, sandbox = fake_place(tmp_path)
    sandbox.hangs = True
    files = packed_files({"package.json": '{"dependencies": {"hono": "4"}}', "index.ts": ""})
    received = await place.uploads.receive(1, body_of(files))
    running = asyncio.ensure_future(place.pipeline.run(Attempt(make_build(1, 1, received.digest))))
    await eventually(lambda: sandbox.specs)

    running.cancel()
    await asyncio.wait([running])

    assert running.cancelled()
    assert sandbox.canceled == 1
    assert leftovers(place, tmp_path) == []


async def test_a_second_attempt_says_so(tmp_path: Path) -> None:
    place, _ = fake_place(tmp_path)
    received = await place.uploads.receive(1, body_of(packed_files({"index.html": ""})))

    await place.pipeline.run(Attempt(make_build(1, 1, received.digest, attempt=2)))

    assert place.logs.writer(1).lines[0][1].startswith("Attempt 2 begins")
    assert place.logs.retired == [1]


async def test_a_full_disk_is_a_failure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*arguments: object, **options: object) -> None:
        raise OSError(28, "No space left on device")

    place, _ = fake_place(tmp_path)
    monkeypatch.setattr(place.artifacts, "pack", full)

    with pytest.raises(BuildFailed) as failed:
        await place.build(packed_files({"index.html": ""}))

    assert failed.value.failure.code == "disk_full"


async def test_recovery_removes_what_a_crash_left(place: BuildPlace, tmp_path: Path) -> None:
    (tmp_path / "data" / "builds" / "1" / "5-1").mkdir(parents=True)
    (tmp_path / "data" / "artifacts" / "1" / ".partial-x").mkdir(parents=True)

    await place.pipeline.recover()

    assert leftovers(place, tmp_path) == []
    assert [path.name for path in (tmp_path / "data" / "artifacts" / "1").iterdir()] == [".files"]


async def test_commands_are_given_the_env_vars_and_their_log_hides_them(place: BuildPlace) -> None:
    place.env_vars.build = {"TOKEN": "hunter2 hunter2\n", "EMPTY": "", "TZ": "hunter3 hunter3"}
    place.env_vars.start = {"ONLY_AT_START": "unseen"}
    show = (
        "console.log(JSON.stringify([process.env.TOKEN, process.env.EMPTY, process.env.TZ, process.env.ONLY_AT_START]))"
    )
    scripts = {"build": "bun show.js", "start": "bun show.js"}

    await place.build(packed_files({"package.json": json.dumps({"scripts": scripts}), "show.js": show}))

    assert json.dumps(["hunter2 hunter2\n", "", "hunter3 hunter3", None], separators=(",", ":")) in place.output
    redactor = place.logs.redactors[1]
    assert redactor.redact(b"hunter2 hunter2, hunter3 hunter3") == b"[redacted], [redacted]"


async def test_a_sandbox_that_quotes_a_secret_is_kept_without_it(tmp_path: Path) -> None:
    class QuotingSandbox(FakeSandbox):
        async def run(self, spec: Spec, *_: object) -> Exit:
            raise SandboxRefused(f"It said {spec.env['TOKEN']}")

    place = BuildPlace(tmp_path / "data", QuotingSandbox())
    place.env_vars.build = {"TOKEN": "hunter2hunter2"}
    scripts = json.dumps({"scripts": {"build": "x", "start": "bun x.js"}})

    with pytest.raises(BuildFailed) as failed:
        await place.build(packed_files({"package.json": scripts, "x.js": "1"}))

    assert failed.value.failure.what == "It said [redacted]"
    assert ("error", "It said [redacted]") in place.lines


async def test_the_plan_is_told_before_the_build_and_again_where_the_build_decided_otherwise(tmp_path: Path) -> None:
    class KitSandbox(FakeSandbox):
        async def run(self, spec: Spec, *more: Any) -> Exit:
            assert isinstance(spec.app, Workspace)
            built = Path(spec.app.path) / "build"
            built.mkdir(exist_ok=True)
            (built / "index.html").touch()
            return await super().run(spec, *more)

    sandbox = KitSandbox()
    place = BuildPlace(tmp_path / "data", sandbox)
    manifest = {"devDependencies": {"@sveltejs/kit": "^2"}, "scripts": {"build": "vite build"}}

    outcome = await place.build(packed_files({"package.json": json.dumps(manifest)}))

    texts = [text for _, text in place.lines]
    assert texts.index("Build: bun run build") < texts.index("Building with bun run build")
    assert texts.index("Building with bun run build") < texts.index("The build made files to serve, no server: build")
    assert (outcome.plan.kind, outcome.packed.files) == ("static", 1)
    assert ("bun", "add", "--dev", "@sveltejs/adapter-node@5") in [spec.argv for spec in sandbox.specs]
    assert {"GCP_BUILDPACKS": "1"}.items() <= sandbox.specs[-1].env.items()


async def test_settings_of_the_project_limit_its_build(tmp_path: Path) -> None:
    place, sandbox = fake_place(tmp_path)
    place.settings = Overrides(build_memory_mb=256, build_minutes=2, build="make", memory_mb=64)

    outcome = await place.build(packed_files({"package.json": '{"dependencies": {"hono": "4"}}', "index.ts": ""}))

    assert {spec.limits.memory_bytes for spec in sandbox.specs} == {256 * 1024**2}
    assert sandbox.deadlines[-1] > 100
    assert sandbox.specs[-1].argv[:2] == ("sh", "-c")
    assert ("deploy", "Building with make") in place.lines
    assert (outcome.plan.limits.memory_mb, outcome.artifact_plan.limits.memory_mb) == (64, None)
