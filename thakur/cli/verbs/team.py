"""thakur team: members, list, create, invite, role, remove, allowed, allow, disallow."""

import argparse
from typing import TYPE_CHECKING, Any

from thakur.cli import allowing
from thakur.cli.output import document, result, say, table
from thakur.cli.parsing import Run, Verbs, add_verb

if TYPE_CHECKING:
    from thakur.cli.client import Client

ROLES = ("viewer", "member", "admin", "owner")


def add(verbs: "Verbs[argparse.ArgumentParser]") -> None:
    """Add the verb and its own verbs."""
    parser = _add(verbs, "team", "show and change who is in a team", "thakur team invite --role member", run_members)
    within = parser.add_subparsers(metavar="[list|create|members|invite|role|remove|allowed|allow|disallow]")
    add_verb(within, "list", "list your teams", "thakur team list", run_list)
    create = add_verb(within, "create", "make another team", "thakur team create others", run_create)
    create.add_argument("name", metavar="NAME")
    _add(within, "members", "list who is in the team", "thakur team members", run_members)
    does = "print a link into the team, for one person, once, within two days"
    invite = _add(within, "invite", does, "thakur team invite --role member", run_invite)
    invite.add_argument("--role", choices=ROLES, default="member", help="what they may do (default member)")
    role = _add(within, "role", "give somebody another role", "thakur team role USER admin", run_role)
    role.add_argument("user", metavar="USER")
    role.add_argument("role", choices=ROLES)
    remove = _add(within, "remove", "put somebody out of the team", "thakur team remove USER", run_remove)
    remove.add_argument("user", metavar="USER")
    allowing.add(within, _add)


def run_list(args: argparse.Namespace) -> int:
    """Print the teams with one's role in each."""
    found: list[dict[str, Any]] = _client().get("teams")
    if args.json:
        document(found)
        return 0
    table(["team", "role"], [[row["name"], row["role"]] for row in found], "You are in no team.")
    return 0


def run_create(args: argparse.Namespace) -> int:
    """Make a team."""
    made = _client().post("teams", {"name": args.name})
    if args.json:
        document(made)
    say(f"Made the team {args.name}. Invite somebody with: thakur team invite --team {args.name}")
    return 0


def run_members(args: argparse.Namespace) -> int:
    """Print the members."""
    from thakur.cli.times import age

    client = _client()
    found: list[dict[str, Any]] = client.get(_path(client, args, "members"))
    if args.json:
        document(found)
        return 0
    rows = [[row["user"], row["role"], age(row["since"])] for row in found]
    table(["user", "role", "since"], rows, "Nobody is in the team yet. Invite somebody with: thakur team invite")
    return 0


def run_invite(args: argparse.Namespace) -> int:
    """Make an invitation; its link is the only line on standard output."""
    client = _client()
    made = client.post(_path(client, args, "invitations"), {"role": args.role})
    if args.json:
        document(made)
        return 0
    say(f"This link makes one person {made['role']} of {made['team']}, once, within two days:")
    result(made["url"])
    return 0


def run_role(args: argparse.Namespace) -> int:
    """Change a role."""
    from thakur.cli.values import quoted

    client = _client()
    changed = client.patch(_path(client, args, "members", quoted(args.user)), {"role": args.role})
    if args.json:
        document(changed)
    say(f"{args.user} is {args.role} now.")
    return 0


def run_remove(args: argparse.Namespace) -> int:
    """Remove a member."""
    from thakur.cli.values import quoted

    client = _client()
    gone = client.delete(_path(client, args, "members", quoted(args.user)))
    if args.json:
        document(gone)
    say(f"Removed {args.user}.")
    return 0


def _add(
    verbs: "Verbs[argparse.ArgumentParser]", name: str, does: str, example: str, run: Run
) -> argparse.ArgumentParser:
    parser = add_verb(verbs, name, does, example, run)
    parser.add_argument("--team", metavar="NAME", help="the team (default: the one that you act in)")
    return parser


def _client() -> "Client":
    from thakur.cli.session import open_session

    return open_session().client


def _path(client: "Client", args: argparse.Namespace, *parts: str) -> str:
    from thakur.cli.values import quoted

    return "/".join(["teams", quoted(args.team or str(client.get("me")["team"])), *parts])
