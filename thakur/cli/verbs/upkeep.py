"""thakur github remove and webhook: letting an App go, and telling GitHub where this server is."""

import argparse
import sys
from typing import TYPE_CHECKING, Any

from thakur.cli.output import document, say
from thakur.cli.parsing import Verbs, add_verb

if TYPE_CHECKING:
    from thakur.cli.session import Session


def add(within: "Verbs[argparse.ArgumentParser]") -> None:
    """Add both verbs to those of thakur github."""
    example = "thakur github webhook"
    hook = add_verb(within, "webhook", "have GitHub send events to this server's public URL", example, run_webhook)
    hook.add_argument("app", metavar="APP", nargs="?", help="the App's name or id (default: the only one)")
    hook.add_argument(
        "--new-secret", action="store_true", help="sign them with a new secret; the old one counts a day more"
    )
    example = "thakur github remove thakur-ada"
    remove = add_verb(within, "remove", "forget a GitHub App and its secrets", example, run_remove)
    remove.add_argument("app", metavar="APP", help="the App's name or id")
    remove.add_argument("--yes", action="store_true", help="do not ask for the name to be typed again")


def run_webhook(args: argparse.Namespace) -> int:
    """Update the webhook's address on GitHub, as after the public URL has changed."""
    from thakur.cli.session import open_session

    session = open_session()
    app = _meant(session, args.app)
    path, body = f"github/apps/{app['app_id']}/webhook", {"new_secret": args.new_secret}
    told: dict[str, Any] = session.client.put(path, body, url=app["web_url"])
    if args.json:
        document(told)
        return 0
    if told["is_pulled"]:
        say(
            f"GitHub keeps the events of {told['slug']} in its log, from which they are read: they go to {told['hook_url']}."
        )
    else:
        say(f"GitHub sends the events of {told['slug']} to {told['hook_url']}.")
    return 0


def run_remove(args: argparse.Namespace) -> int:
    """Remove one App after a confirmation."""
    from thakur.cli.session import open_session

    session = open_session()
    app = _meant(session, args.app)
    if not args.yes and not _is_confirmed(app["slug"]):
        say("Nothing was removed.")
        return 1
    removed: dict[str, Any] = session.client.delete(f"github/apps/{app['app_id']}", url=app["web_url"])
    if args.json:
        document(removed)
        return 0
    say(f"Removed {removed['slug']}. Projects follow its repositories no more: production stays live, previews go.")
    say(f"On GitHub it still exists; delete it there too: {removed['settings_url']}/advanced")
    return 0


def _meant(session: "Session", name: str | None) -> dict[str, Any]:
    from thakur.cli.interface import WrongUsage

    apps: list[dict[str, Any]] = session.client.get("github/apps")
    found = [each for each in apps if name in (None, each["slug"], str(each["app_id"]))]
    if len(found) == 1:
        return found[0]
    hint = "See them with: thakur github"
    if not found:
        raise WrongUsage(f"There is no GitHub App {name}" if name else "There is no GitHub App yet", hint=hint)
    raise WrongUsage(
        "There are several GitHub Apps of that name" if name else "There are several GitHub Apps", hint=hint
    )


def _is_confirmed(slug: str) -> bool:
    from thakur.cli.interface import WrongUsage

    if not sys.stdin.isatty():
        raise WrongUsage("There is nobody to type the name again", hint="Add --yes to remove without asking.")
    say(f"This forgets {slug} with its secrets; projects follow its repositories no more.")
    sys.stderr.write(f"Type {slug} to go on: ")
    sys.stderr.flush()
    return sys.stdin.readline().strip() == slug
