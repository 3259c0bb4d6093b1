"""A framework: a row of the table, and the plans that most rows make."""

from collections.abc import Callable

import msgspec

from thakur.builds.detection.folder import Command, Folder
from thakur.builds.detection.tree import Tree
from thakur.builds.plan import Plan

Matches = Callable[[Folder], bool]
MakePlan = Callable[[Folder], Plan]
Settle = Callable[[Plan, Tree], Plan]


class Framework(msgspec.Struct, frozen=True, kw_only=True):
    """A row. The first one that matches makes the plan; its paths are relative to the application's directory.

    `sign` and `result` say for people what `matches` looks for and what `plan` makes of it. Where only the build decides
    what it writes, `settle` corrects the plan by the names that lie there afterwards.
    """

    name: str
    sign: str
    result: str
    matches: Matches
    plan: MakePlan
    settle: Settle | None = None
    # A guess by a file's name alone: no reason to take the folder for an application that somebody means.
    is_guess: bool = False


def needs(*names: str) -> Matches:
    """Whether package.json names one of them."""
    return lambda folder: folder.needs(*names)


def site(*names: str) -> Matches:
    """The same for a site: a start script for visitors says that there is a server, whatever built its pages."""
    return lambda folder: folder.needs(*names) and not folder.is_started


def static(output: str, command: Command, *, is_spa: bool = False, env: dict[str, str] | None = None) -> MakePlan:
    """A site that the build script, or the command, writes to `output`."""
    return lambda folder: static_plan(folder, output, command, is_spa=is_spa, env=env)


def static_plan(
    folder: Folder, output: str, command: Command, *, is_spa: bool = False, env: dict[str, str] | None = None
) -> Plan:
    """The same, when the folder says what `output` is."""
    return Plan(
        framework="",
        kind="static",
        build=folder.build_by(*command),
        build_env=env or {},
        output=output,
        is_spa=is_spa,
    )


def server_plan(folder: Folder, start: Command, *, command: Command = (), output: str = ".") -> Plan:
    """A server that is started in `output`, after a build if there is a script or a command for it."""
    return Plan(
        framework="",
        kind="server",
        build=folder.build_by(*command) if command else folder.build_script(),
        output=output,
        start=start,
    )
