"""thakur github: the Apps of one's teams and where they are installed, add; the other verbs have files of their own."""

import argparse
from typing import Any

from thakur.cli.output import RED, document, say, table
from thakur.cli.parsing import Verbs, add_verb
from thakur.cli.verbs import deliveries, filters, github_repos, upkeep

ADD = (
    "thakur github add --app-id 1234 --client-id Iv23li… --client-secret-file client.txt"
    " --private-key-file app.pem --webhook-secret-file hook.txt"
)

PULLED = "This server has no public URL, so GitHub is asked every 10 s what happened. THAKUR_PUBLIC_URL lets it tell."


def add(verbs: "Verbs[argparse.ArgumentParser]") -> None:
    """Add the verb and its own verb."""
    parser = add_verb(verbs, "github", "list, add and remove GitHub Apps", "thakur github", run_list)
    within = parser.add_subparsers(metavar="[repos|add|webhook|remove|filters|deploy|deliveries|redeliver]")
    github_repos.add(within)
    upkeep.add(within)
    deliveries.add(within)
    new = add_verb(within, "add", "add a GitHub App, or give it new secrets", ADD, run_add)
    new.add_argument("--app-id", metavar="N", type=int, required=True, help="the App ID of its settings")
    new.add_argument("--client-id", metavar="ID", required=True, help="its Client ID")
    for name, what in (
        ("client-secret", "a client secret"),
        ("private-key", "a private key, as GitHub gives it (.pem)"),
        ("webhook-secret", "the webhook secret"),
    ):
        new.add_argument(f"--{name}-file", metavar="FILE", required=True, help=f"a file with {what}")
    new.add_argument("--url", metavar="URL", default="", help="the GitHub it is on (default: https://github.com)")
    new.add_argument("--api-url", metavar="URL", default="", help="its API, if that is not where it usually is")
    filters.add(within)


def run_list(args: argparse.Namespace) -> int:
    """Print the Apps, a line for each installation."""
    from thakur.cli.session import open_session

    found: list[dict[str, Any]] = open_session().client.get("github/apps")
    if args.json:
        document(found)
        return 0
    rows = [
        [app["slug"], str(app["app_id"]), app["web_url"], each["account"], each["status"]]
        for app in found
        for each in app["installations"] or [{"account": "-", "status": "not installed"}]
    ]
    table(["app", "id", "github", "installed on", "status"], rows, github_repos.NO_APPS)
    for app in found:
        if app["trouble"]:
            say(f"{app['slug']}: {app['trouble']}", RED)
        for each in app["installations"]:
            for lacked in each["lacks"]:
                say(
                    f"{app['slug']} on {each['account']} lacks {lacked['label']}: {lacked['level']}. {lacked['why']}",
                    RED,
                )
    if any(each["lacks"] for app in found for each in app["installations"]):
        say("Grant it in the App's settings on GitHub, then accept that where it is installed.")
    if any(app["is_pulled"] for app in found):
        say(PULLED)
    return 0


def run_add(args: argparse.Namespace) -> int:
    """Add one; GitHub is asked whether its key is right."""
    from thakur.cli.session import open_session
    from thakur.cli.values import read_text

    asked = {
        "app_id": args.app_id,
        "client_id": args.client_id,
        "client_secret": read_text(args.client_secret_file).strip(),
        "private_key": read_text(args.private_key_file),
        "webhook_secret": read_text(args.webhook_secret_file).strip(),
        "url": args.url,
        "api_url": args.api_url,
    }
    session = open_session()
    app: dict[str, Any] = session.client.post("github/apps", asked)
    if args.json:
        document(app)
        return 0
    say(
        f"Added the GitHub App {app['slug']}. Follow a repository with: thakur projects create NAME --github OWNER/REPO"
    )
    if not app["installations"]:
        say(f"It is not installed anywhere yet: {app['page_url']}/installations/new")
    hook = app["hook_url"] or "nowhere"
    if app["is_pulled"]:
        say(PULLED)
    else:
        say(f"GitHub sends its webhooks to {hook}; that must be this server's /webhooks/github, as GitHub reaches it.")
    return 0
