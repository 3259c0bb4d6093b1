"""A stage for sandboxes: the directories and programs with which the same scenario plays as root and as a normal user."""

import os
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from support.uids import ours
from support.users import in_a_child
from support.waiting import eventually
from thakur.sandbox import Bind, Exit, Identity, Limits, LocalSandbox, Overlay, Spec, Workspace
from thakur.sandbox.host import Host
from thakur.sandbox.watching import processes

TENANT_UID = ours(619_001)
TOOLS = "/opt/thakur/bin"
PROBE = Path(__file__).parents[1] / "apps" / "probe"


@dataclass(frozen=True)
class Stage:
    """Directories and programs that the acting user can reach."""

    directory: Path
    host: Host
    bun: Path
    name: str

    @property
    def is_root(self) -> bool:
        return self.host.is_root

    @property
    def uid(self) -> int:
        return TENANT_UID if self.is_root else self.host.uid

    @property
    def sandbox(self) -> LocalSandbox:
        return LocalSandbox(self.name, self.host)

    async def play(self, scenario: Callable[..., Awaitable[Any]], *args: Any) -> Any:
        """Run `scenario(stage, *args)` as this stage's user."""
        if self.host.uid == os.geteuid():
            return await scenario(self, *args)
        return await self.play_apart(scenario, *args)

    async def play_apart(self, scenario: Callable[..., Awaitable[Any]], *args: Any) -> Any:
        """Run `scenario(stage, *args)` in a process of its own, as a Thakur that ends or is killed."""
        return await in_a_child(self.host.uid, scenario, self, *args)

    def make(self, name: str, files: dict[str, str] | None = None) -> str:
        path = self.directory / name
        path.mkdir()
        for file, content in (files or {}).items():
            (path / file).write_text(content)
        for made in (path, *path.iterdir()):
            os.chown(made, self.uid, self.uid)
        return str(path)

    def spec(self, *argv: str, name: str = "step", app: Workspace | Overlay | None = None, **others: Any) -> Spec:
        return Spec(
            **{
                "name": name,
                "argv": argv,
                "uid": self.uid,
                "app": app or Workspace(self.make(f"app-{name}")),
                "limits": Limits(memory_bytes=256 << 20, cpus=1, processes=64),
                **others,
            }
        )

    def shell(self, script: str, **others: Any) -> Spec:
        return self.spec("/bin/sh", "-c", script, **others)

    def with_bun(self, *argv: str, **others: Any) -> Spec:
        return self.spec("bun", *argv, binds=(Bind(str(self.bun), f"{TOOLS}/bun"),), path=(TOOLS,), **others)

    def overlay(self, files: dict[str, str]) -> Overlay:
        return Overlay(self.make("lower", files), self.make("upper"), self.make("work"))


async def run(
    stage: Stage, spec: Spec, deadline_seconds: float = 20, idle_seconds: float | None = None
) -> tuple[Exit, str]:
    """Run one command; its output comes with its end."""
    output: list[bytes] = []
    ending = await stage.sandbox.run(spec, output.append, deadline_seconds, idle_seconds)
    return ending, b"".join(output).decode()


async def until_output(path: Path, word: str) -> None:
    await eventually(lambda: word in path.read_text(), within_seconds=10)


def make_stage(directory: Path, programs: Path, host: Host) -> Stage:
    os.chown(directory, host.uid, host.gid)
    return Stage(directory, host, programs / "bun", f"thakur-test-{directory.name[-8:].lower().replace('_', '-')}")


async def start(stage: Stage, script: str, name: str = "app", **others: Any) -> Identity:
    """Start an application that is a shell script, its log and status in the stage's directory."""
    spec = stage.shell(script, name=name, **others)
    return await stage.sandbox.start(spec, stage.directory / "log", stage.directory / "status")


def alive(stage: Stage) -> frozenset[str]:
    """The sandboxes of this stage of which a process is left."""
    return processes.titles(f"thakur-sandbox:{stage.name}/")


def probe_in(stage: Stage) -> Workspace:
    """A workspace that holds the program that tries to break out."""
    return Workspace(stage.make("probe", {"probe.mjs": (PROBE / "probe.mjs").read_text()}))
