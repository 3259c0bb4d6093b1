"""The plan of a build: what detection decided, and what the pipeline and the edge follow."""

from typing import Literal

import msgspec


class Copy(msgspec.Struct, frozen=True):
    """A directory or file that joins the output after the build; both paths are relative to the source's root."""

    source: str
    target: str


class ReplicaLimits(msgspec.Struct, frozen=True, kw_only=True):
    """What a plan allows each replica; None is the usual."""

    memory_mb: int | None = None
    cpus: float | None = None
    processes: int | None = None


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """What detection decided: how to install, build and start.

    Commands are vectors. `root` is the application's directory in the source: the build runs there, and the install in
    `install_in`, which in a monorepo is above it. `output` is the directory that is kept, relative to the source (`.` is
    all of it), after `copies` have been put into it. A static plan has no `start`; a server's `start` runs in `start_in`,
    relative to the output, under `runtime`. `build_env` is what this framework's build is told besides the usual, `adds`
    are packages that the build or the start needs and package.json does not name; `build_runtime` is what its tools are
    known to run on, where the host has it; `trusts_scripts` is whether install scripts of packages run, None where the
    lockfile says so. `overridden` says of what detection did not decide who did, by its setting.
    """

    framework: str
    kind: Literal["static", "server"]
    root: str = "."
    install: tuple[str, ...] | None = None
    install_in: str = "."
    trusts_scripts: bool | None = None
    build: tuple[str, ...] | None = None
    build_env: dict[str, str] = {}
    build_runtime: Literal["bun", "node"] = "bun"
    adds: tuple[str, ...] = ()
    output: str = "."
    copies: tuple[Copy, ...] = ()
    start: tuple[str, ...] | None = None
    start_in: str = "."
    runtime: Literal["bun", "node"] = "bun"
    health_path: str = "/"
    is_spa: bool = False
    limits: ReplicaLimits = ReplicaLimits()
    overridden: dict[str, str] = {}
    notes: tuple[str, ...] = ()
