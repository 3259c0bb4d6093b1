"""What is asked of diagnosis, and what it answers."""

from enum import StrEnum

import msgspec


class Failure(msgspec.Struct, frozen=True, kw_only=True):
    """Why something failed, for a person: one sentence for what happened, one for why, one for what to do next."""

    code: str
    what: str
    why: str = ""
    next: str = ""


class Phase(StrEnum):
    """What a command was there for: a build, with its installation, or the application."""

    BUILD = "build"
    START = "start"


class Command(msgspec.Struct, frozen=True, kw_only=True):
    """A command that failed, with its exit code and the end of what it wrote; `project` is what advice calls its project."""

    phase: Phase
    output: str
    status: int | None = None
    project: str = "NAME"


class Cause(msgspec.Struct, frozen=True, kw_only=True):
    """Why the command failed and what to do next. What happened, its caller says."""

    code: str
    why: str
    next: str
