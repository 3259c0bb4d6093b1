"""Choosing the next start after one that did not bring the application up: pure."""

import re
from collections.abc import Sequence

import msgspec

from thakur.runtime.edge.starting.start import Start

# A program that exports its application under a name, which bun takes for a server of its own.
_NO_SERVER_OF_BUN = re.compile(r"Bun\.serve\(\) needs either")
_NOT_TO_BE_HAD = (
    re.compile(r"EADDRINUSE\b[^\n]*?:(?P<port>\d{2,5})\b"),
    re.compile(r"Is port (?P<port>\d{2,5}) in use\?"),
    re.compile(r"[Pp]ort (?P<port>\d{2,5}) is (?:already )?in use"),
    re.compile(r"permission denied (?:[\w.:*\[\]]*:)?(?P<port>\d{1,4})$", re.MULTILINE),
)


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """How a start went wrong: the failure's code, the application's last lines, its other ports, the best one first.

    `status` is the last answer, if there was one. `can_use_node` says that this host has one and that the plan's command
    runs under it.
    """

    code: str
    output: Sequence[str] = ()
    elsewhere: Sequence[int] = ()
    status: int = 0
    can_use_node: bool = False


def next_start(start: Start, finding: Finding, replicas: int = 1) -> Start | None:
    """The start to try next, or None when nothing is left to try. Every start is another one than those before it."""
    if not start.serves_export and _serves_nothing(finding):
        return msgspec.structs.replace(start, serves_export=True)
    if finding.code == "wrong_address" and not start.is_guided:
        return msgspec.structs.replace(start, moves_address=True)
    if finding.can_use_node and not start.is_on_node and _may_be_the_runtime(finding):
        return msgspec.structs.replace(start, is_on_node=True)
    port = fixed_port(finding)
    if port is None:
        return None
    if start.moves_port is None:
        return msgspec.structs.replace(start, moves_port=port)
    if finding.code == "port_in_use" and port != start.moves_port and not start.moves_aside:
        # It listens on PORT by itself too: the fixed one, for metrics maybe, was in its way there.
        return msgspec.structs.replace(start, moves_aside=True)
    # The guide moves what bun and node listen on. Another program is taken where it is, but two cannot be there.
    if finding.code == "wrong_port" and start.leads_to is None and replicas == 1:
        return msgspec.structs.replace(start, leads_to=port)
    return None


def fixed_port(finding: Finding) -> int | None:
    """The port that the application insists on, if it is known."""
    if finding.code == "wrong_port":
        return finding.elsewhere[0] if finding.elsewhere else None
    return port_in_use(finding.output) if finding.code in ("port_in_use", "port_refused") else None


def port_in_use(output: Sequence[str]) -> int | None:
    """The port that was not to be had, in the application's own words."""
    text = "\n".join(output)
    found = next((match for pattern in _NOT_TO_BE_HAD if (match := pattern.search(text))), None)
    return int(found["port"]) if found else None


def told(former: Start, start: Start) -> str:
    """What the log says of the start that is tried now."""
    if start.is_on_node and not former.is_on_node:
        return "The application did not come up under bun. It is started again under node."
    if start.serves_export and not former.serves_export:
        return (
            "Nothing listened on PORT. The application is started again, and what its entry file exports is served if it "
            "does not listen by itself."
        )
    if start.moves_address and not former.moves_address:
        return "The application's address is fixed. It is started again with that address moved to HOST."
    if start.moves_aside and not former.moves_aside:
        return (
            f"The application listens on PORT besides. Its other port {start.moves_port} is moved to any that is free."
        )
    if start.moves_port is not None and former.moves_port is None:
        return (
            f"The application's port is fixed to {start.moves_port}. It is started again with that port moved to PORT. "
            "Let it listen on PORT, and it starts faster."
        )
    return f"Visitors are led to port {start.leads_to}, where the application listens instead of PORT."


def _serves_nothing(finding: Finding) -> bool:
    is_export = any(_NO_SERVER_OF_BUN.search(line) for line in finding.output)
    return finding.code in ("exited_at_once", "never_listened") or (finding.code == "crashed_on_start" and is_export)


def _may_be_the_runtime(finding: Finding) -> bool:
    # What is missing under one runtime is missing under the other; a crash without a known cause may be bun's.
    return finding.code in ("crashed_on_start", "native_crash", "native_module_missing") or (
        finding.code == "unhealthy" and finding.status >= 500
    )
