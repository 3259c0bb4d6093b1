"""Env vars that are what a test says."""

from collections.abc import Mapping

from thakur.projects import Phase


class FixedEnv:
    """Implements the part of EnvVars that jobs use; the same for every environment."""

    def __init__(self) -> None:
        self.build: dict[str, str] = {}
        self.start: dict[str, str] = {}

    async def resolve(self, environment_id: int, phase: Phase) -> dict[str, str]:
        return dict(self.build if phase is Phase.BUILD else self.start)

    def digest(self, values: Mapping[str, str]) -> str:
        return str(sorted(values.items()))
