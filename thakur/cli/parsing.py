"""What the parsers of verbs have in common."""

import argparse
import re
import sys
from collections.abc import Callable, Generator
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    from thakur.settings import Settings

Verbs = argparse._SubParsersAction  # noqa: SLF001  (argparse gives this type no public name)
Run = Callable[[argparse.Namespace], int]
VERB = "VERB"


class Help(argparse.RawDescriptionHelpFormatter):
    """Help whose verbs stand in one column, with what they do beside them."""

    def __init__(self, prog: str) -> None:
        super().__init__(prog, max_help_position=24)

    def _iter_indented_subactions(self, action: argparse.Action) -> Generator[argparse.Action, None, None]:
        # Verbs are no deeper than the title above them.
        yield from getattr(action, "_get_subactions", list)()

    def _format_action(self, action: argparse.Action) -> str:
        text = super()._format_action(action)
        # The line of the placeholder itself says nothing.
        return text.partition("\n")[2] if isinstance(action, Verbs) and not action.help else text


class Parser(argparse.ArgumentParser):
    """A parser whose refusals are two lines as everywhere: what is wrong, and what to type."""

    def error(self, message: str) -> NoReturn:
        """Say what is wrong with the line that was typed, and end."""
        told, next_line = refusal(self.prog, message, self.epilog or "")
        sys.stderr.write(f"{told}\n{next_line}\n")
        raise SystemExit(2)


def refusal(prog: str, message: str, epilog: str) -> tuple[str, str]:
    """What is said of argparse's `message`: what is wrong, and what to type next."""
    if found := re.match(r"argument [^:]+: invalid choice: '([^']*)' \(choose from (.*)\)", message):
        return _unknown(prog, found[1], re.findall(r"[\w-]+", found[2]), message)
    if found := re.match(r"the following arguments are required: (.+)", message):
        example = re.search(rf"^  ({re.escape(prog)}\b.*)$", epilog, re.MULTILINE)
        shown = f"For example: {example[1]}" if example else f"See: {prog} --help"
        return f"{prog} needs {found[1]}.", shown
    if found := re.match(r"unrecognized arguments: (.+)", message):
        return f"{prog} does not know {found[1]}.", f"See: {prog} --help"
    return f"{message[0].upper()}{message[1:]}.", f"See: {prog} --help"


def _unknown(prog: str, word: str, known: list[str], message: str) -> tuple[str, str]:
    import difflib

    if not message.startswith(f"argument {VERB}") and not message.startswith("argument ["):
        return f"{message[0].upper()}{message[1:]}.", f"See: {prog} --help"
    near = difflib.get_close_matches(word, known, 1)
    next_line = f"Did you mean: {prog} {near[0]}" if near else f"See what there is: {prog} --help"
    return f"{prog} has no verb {word}.", next_line


def add_verb(
    verbs: "Verbs[argparse.ArgumentParser]", name: str, does: str, example: str, run: Run
) -> argparse.ArgumentParser:
    """Add a verb that says what it `does`, with an example, and takes --json."""
    parser = verbs.add_parser(
        name,
        help=does,
        description=f"{does[0].upper()}{does[1:]}.",
        epilog=f"example:\n  {example}",
        formatter_class=Help,
    )
    parser.add_argument("--json", action="store_true", help="print one JSON document on standard output")
    parser.set_defaults(run=run)
    return parser


def add_project(parser: argparse.ArgumentParser) -> None:
    """Add --project to a verb of one project."""
    parser.add_argument(
        "--project",
        metavar="NAME",
        help="the project (default: THAKUR_PROJECT, else the one this folder was last deployed to)",
    )


def add_filters(parser: argparse.ArgumentParser) -> None:
    """Add what narrows a list of builds or deployments."""
    parser.add_argument("--status", metavar="STATUS", help="only those of that status, such as failed")
    parser.add_argument("--branch", metavar="BRANCH", help="only those of that branch; * is any characters: 'fix-*'")
    parser.add_argument(
        "--environment", metavar="NAME", help="only those of production, a preview, or preview: any of them"
    )


def filters_of(args: argparse.Namespace) -> dict[str, str]:
    """What narrows the list, as the API asks for it."""
    given = {name: getattr(args, name) for name in ("status", "branch", "environment")}
    return {name: value for name, value in given.items() if value}


def add_data_dir(parser: argparse.ArgumentParser) -> None:
    """Add --data-dir to a verb of the host."""
    parser.add_argument("--data-dir", metavar="DIR", help="where everything that must survive lies (THAKUR_DATA_DIR)")


def host_settings(args: argparse.Namespace) -> "Settings":
    """The settings of a host's verb: flags beat variables, variables beat the `.env` of the working directory."""
    from pathlib import Path

    from thakur.settings import Settings

    named = {"data_dir": "THAKUR_DATA_DIR", "address": "THAKUR_ADDRESS", "http": "THAKUR_HTTP"}
    flags = {variable: value for flag, variable in named.items() if (value := getattr(args, flag, None))}
    return Settings.from_env(dotenv=Path(".env"), flags=flags)
