"""What a repository would become, told before its first build."""

from typing import TYPE_CHECKING, Any

from thakur.cli.output import say

if TYPE_CHECKING:
    from thakur.cli.client import Client


def plan_of(client: "Client", asked: dict[str, str]) -> dict[str, Any] | None:
    """The plan; where there is none, why is said: the first build will say so too."""
    from thakur.cli.interface import Refused

    try:
        planned: dict[str, Any] = client.post("plans", asked)
    except Refused as refusal:
        say(f"There is no plan: {refusal.message.rstrip(chr(46))}. {refusal.hint}".strip())
        return None
    return dict(planned["plan"])


def say_plan(plan: dict[str, Any]) -> None:
    """What was recognised, and each command."""
    where = "" if plan["root"] == "." else f" in {plan['root']}"
    kind = "a server" if plan["kind"] == "server" else "files to serve"
    say(f"Detected {plan['framework']}{where}: {kind}")
    for name in ("install", "build", "start"):
        if plan[name]:
            say(f"{name.capitalize()}: {' '.join(plan[name])}")
