"""A build is canceled in the middle of its installation: the real command, the real sandbox, one process and three."""

import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from support.server import Server
from support.waiting import wait_until

GONE_SECONDS = 2.0
PAGE_SECONDS = 30
# Nobody else on this host sleeps for so long.
DEAF = """
trap '' TERM INT HUP
(trap '' TERM INT HUP; sleep 86417) &
setsid sleep 86417 &
echo installing for ever
wait
"""


@pytest.fixture
def slow(tmp_path: Path) -> Path:
    folder = tmp_path / "slow"
    folder.mkdir()
    package = '{"name": "slow", "scripts": {"preinstall": "sh deaf.sh"}, "dependencies": {"left": "file:./left"}}'
    (folder / "package.json").write_text(package)
    (folder / "left").mkdir()
    (folder / "left" / "package.json").write_text('{"name": "left", "version": "1.0.0"}')
    (folder / "deaf.sh").write_text(DEAF)
    (folder / "index.ts").write_text("")
    return folder


@pytest.fixture(params=["one process", "three processes"])
def anywhere(request: pytest.FixtureRequest, server: Server, tmp_path: Path) -> Iterator[Server]:
    if request.param == "one process":
        yield server
        return
    split = Server(tmp_path / "split" / "data")
    split.data_dir.parent.mkdir()
    roles = []
    with split.log.open("ab") as log:
        for role in ("edge", "worker", "api"):
            words = [*split.thakur, "serve", "--role", role]
            roles.append(
                subprocess.Popen(words, env=split.env, cwd="/", stdout=log, stderr=log, start_new_session=True)
            )
    wait_until(lambda: split.get_from(split.address, "/ready").status == 200, 60)
    yield split
    split.run("stop")
    assert [process.wait(30) for process in roles] == [0, 0, 0]


@pytest.mark.quick
def test_every_process_of_a_canceled_build_is_gone_in_two_seconds(anywhere: Server, slow: Path, figures: Any) -> None:
    deploying = subprocess.Popen(
        [*anywhere.thakur, "deploy", str(slow), "--project", "slow", "--json"],
        env=anywhere.env,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    wait_until(lambda: len(sleeping()) == 2, PAGE_SECONDS)

    began = time.monotonic()
    answer = anywhere.run("cancel", "1", "--project", "slow", "--json").json()
    answered = time.monotonic() - began
    wait_until(lambda: not sleeping(), GONE_SECONDS)
    gone = time.monotonic() - began

    figures.add(
        f"cancel during install: answered {answered:.2f} s, every process gone {gone:.2f} s after the command began"
    )
    assert answer == {"project": "slow", "number": 1, "status": "canceled"}
    assert gone - answered < GONE_SECONDS
    out, err = deploying.communicate(timeout=PAGE_SECONDS)
    assert deploying.returncode == 1, "whoever deploys learns of it at once"
    assert '"status": "canceled"' in out
    assert "Canceled by operator" in err
    assert not [path for path in (anywhere.data_dir / "builds").glob("*/*") if path.name != "cache"]
    anywhere.run("projects", "delete", "slow", "--yes")


def sleeping() -> list[int]:
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            if path.read_bytes() == b"sleep\x0086417\x00":
                found.append(int(path.parent.name))
        except OSError:
            continue
    return found
