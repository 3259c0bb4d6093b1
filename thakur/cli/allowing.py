"""Who may sign in with GitHub: the list of a team, as its verbs show and change it."""

import argparse
from collections.abc import Callable
from typing import Any

from thakur.cli.output import document, say, table
from thakur.cli.parsing import Run, Verbs

# Of the verb `team`: adds a verb that also takes --team.
AddToTeam = Callable[["Verbs[argparse.ArgumentParser]", str, str, str, Run], argparse.ArgumentParser]
ROLES = ("viewer", "member", "admin")


def add(within: "Verbs[argparse.ArgumentParser]", add_to_team: AddToTeam) -> None:
    """Add the verbs."""
    add_to_team(within, "allowed", "list who may sign in with GitHub", "thakur team allowed", run_list)
    does = "let a login, an organisation, or a team of one sign in with GitHub"
    allow = add_to_team(within, "allow", does, "thakur team allow acme/web --role viewer", run_allow)
    allow.add_argument("name", metavar="LOGIN|ORG|ORG/TEAM")
    allow.add_argument("--role", choices=ROLES, default="member", help="what they may do (default member)")
    allow.add_argument("--url", metavar="URL", default="", help="which GitHub, if the team has Apps on several")
    does = "take a name off that list; whom nothing else on it lets in is put out"
    disallow = add_to_team(within, "disallow", does, "thakur team disallow acme/web", run_disallow)
    disallow.add_argument("name", metavar="LOGIN|ORG|ORG/TEAM")
    disallow.add_argument("--url", metavar="URL", default="", help="which GitHub, if it is on the list for several")


def run_list(args: argparse.Namespace) -> int:
    """Print the list."""
    from thakur.cli.session import open_session

    client = open_session().client
    found: list[dict[str, Any]] = client.get(_path(client.get, args))
    if args.json:
        document(found)
        return 0
    rows = [[row["name"], row["kind"], row["role"], row["web_url"], row["made_by"]] for row in found]
    otherwise = "Nobody but members who have linked their account. Let somebody in with: thakur team allow LOGIN"
    table(["name", "kind", "role", "github", "by"], rows, otherwise)
    return 0


def run_allow(args: argparse.Namespace) -> int:
    """Put a name on it."""
    from thakur.cli.session import open_session

    client = open_session().client
    asked = {"name": args.name, "role": args.role, "url": args.url}
    made: dict[str, Any] = client.post(_path(client.get, args), asked)
    if args.json:
        document(made)
        return 0
    who = {"user": made["name"], "organization": f"Everybody in {made['name']}", "team": f"Everybody in {made['name']}"}
    say(f"{who[made['kind']]} may sign in with {made['web_url']} now, as {made['role']}.")
    return 0


def run_disallow(args: argparse.Namespace) -> int:
    """Take a name off it."""
    from thakur.cli.session import open_session
    from thakur.errors import NotFound

    client = open_session().client
    path = _path(client.get, args)
    rows: list[dict[str, Any]] = client.get(path)
    meant = [
        row for row in rows if row["name"].lower() == args.name.lower() and args.url.rstrip("/") in ("", row["web_url"])
    ]
    if not meant:
        raise NotFound(f"{args.name} is not on the list", hint="thakur team allowed shows what is.")
    for row in meant:
        gone = client.delete(f"{path}/{row['id']}")
        if args.json:
            document(gone)
    say(f"{args.name} may not sign in with GitHub any more. Who came in by it is put out in a moment.")
    return 0


def _path(get: Callable[[str], Any], args: argparse.Namespace) -> str:
    from thakur.cli.values import quoted

    return f"teams/{quoted(args.team or str(get('me')['team']))}/github"
