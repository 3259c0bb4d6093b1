"""A start: what an application's command is helped with so that visitors reach it."""

from pathlib import Path

import msgspec

GUIDE = Path(__file__).with_name("guide.cjs")
GUIDE_TARGET = "/opt/thakur/guide.cjs"


class Start(msgspec.Struct, frozen=True, kw_only=True):
    """Nothing of it is set for an application that listens on PORT by itself, and then it is started as it is.

    The guide, a file that bun or node loads before the application, moves `moves_port` to PORT, or, aside, to
    any port that is free, and what listens on PORT to HOST. With `serves_export` it serves what the entry file exports when nothing listens. `leads_to` is a port to which
    visitors are led as it is. `is_on_node` is set for what bun cannot run.
    """

    moves_port: int | None = None
    moves_aside: bool = False
    moves_address: bool = False
    serves_export: bool = False
    leads_to: int | None = None
    is_on_node: bool = False

    @property
    def is_guided(self) -> bool:
        return self.serves_export or self.moves_address or self.moves_port is not None

    def command(self, planned: tuple[str, ...]) -> tuple[str, ...]:
        """The plan's command under the runtime of this start."""
        return (node_command(planned) or planned) if self.is_on_node else planned

    def env(self, own: dict[str, str]) -> dict[str, str]:
        """What the guide is told, and what makes a runtime load it, beside the application's own word to the runtime."""
        if not self.is_guided:
            return {}
        told = {
            "BUN_OPTIONS": f"{own.get('BUN_OPTIONS', '')} --preload={GUIDE_TARGET}".strip(),
            "NODE_OPTIONS": f"{own.get('NODE_OPTIONS', '')} --require={GUIDE_TARGET}".strip(),
        }
        if self.serves_export:
            told["THAKUR_SERVES_EXPORT"] = "1"
        if self.moves_port is not None:
            told["THAKUR_FIXED_PORT"] = str(self.moves_port)
        if self.moves_aside:
            told["THAKUR_MOVES_ASIDE"] = "1"
        return told


def node_command(planned: tuple[str, ...]) -> tuple[str, ...] | None:
    """The same under node, if there is such a thing: node runs no TypeScript."""
    if planned[:3] == ("bun", "--bun", "run"):
        return ("bun", "run", *planned[3:])
    if planned[:1] == ("bun",) and len(planned) > 1 and planned[1].endswith((".js", ".mjs", ".cjs")):
        return ("node", *planned[1:])
    return None


def remembered(start: Start, *, is_same_artifact: bool) -> Start:
    """What the project's next deployment begins with: where it listens is looked up anew, and bun may run what is new."""
    return msgspec.structs.replace(start, leads_to=None, is_on_node=start.is_on_node and is_same_artifact)
