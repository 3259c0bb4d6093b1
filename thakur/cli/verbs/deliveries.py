"""thakur github deliveries and redeliver: what GitHub has told, and having it once more."""

import argparse
from typing import Any

from thakur.cli.output import document, say, table
from thakur.cli.parsing import Verbs, add_verb

STATUSES = ("received", "done", "failed", "ignored")
LIMIT = 50


def add(within: "Verbs[argparse.ArgumentParser]") -> None:
    """Add both verbs to those of thakur github."""
    example = "thakur github deliveries --status failed"
    shown = add_verb(within, "deliveries", "list what GitHub has delivered, newest first", example, run_list)
    shown.add_argument("--status", choices=STATUSES, help="only those of this status")
    shown.add_argument("--event", metavar="NAME", help="only those of this event, such as push")
    shown.add_argument("--limit", metavar="N", type=int, default=LIMIT, help=f"how many at most (default: {LIMIT})")
    shown.add_argument("--missing", action="store_true", help="ask GitHub for those that it could not deliver instead")
    example = "thakur github redeliver 0b989ba4-242f-11e5-81e1-c7b6966d2516"
    again = add_verb(
        within, "redeliver", "act on a delivery again, or have GitHub send it again", example, run_redeliver
    )
    again.add_argument("guid", metavar="GUID")


def run_list(args: argparse.Namespace) -> int:
    """Print them."""
    from thakur.cli.session import open_session

    client = open_session().client
    found: list[dict[str, Any]]
    if args.missing:
        found = client.get("github/deliveries/missing")
    else:
        found = client.get("github/deliveries", status=args.status, event=args.event, limit=args.limit)
    if args.json:
        document(found)
        return 0
    otherwise = "GitHub has delivered everything." if args.missing else "Nothing was delivered."
    table(["when", "event", "about", "status", "guid"], [_row(each) for each in found], otherwise)
    return 0


def run_redeliver(args: argparse.Namespace) -> int:
    """Have it once more."""
    from urllib.parse import quote

    from thakur.cli.session import open_session

    done: dict[str, Any] = open_session().client.post(f"github/deliveries/{quote(args.guid, safe='')}/redelivery")
    if args.json:
        document(done)
        return 0
    say("GitHub sends it again." if done["is_sent_again"] else "It is acted on again.")
    return 0


def _row(each: dict[str, Any]) -> list[str]:
    from thakur.cli.times import age

    number = each.get("pull_request")
    of = each.get("branch") or (f"#{number}" if number else "")
    about = " ".join(filter(None, (each.get("repository"), of))) or each["app"]
    event = f"{each['event']} {each['action']}".strip()
    reason = each.get("reason")
    status = f"{each['status']}: {reason}" if reason else str(each["status"])
    return [age(each.get("received_at") or each["at"]), event, about, status, each["guid"]]
