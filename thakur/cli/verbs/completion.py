"""thakur completion: a script by which a shell completes verbs, options, projects and files."""

import argparse
from typing import Any

from thakur.cli.output import document, result
from thakur.cli.parsing import Verbs, add_verb

SHELLS = ("bash", "zsh", "fish")
# What a pipe is given of the table: below its head, each row begins with the name.
NAMES = "thakur projects 2>/dev/null | tail -n +2 | cut -d' ' -f1"
OF_PROJECTS = frozenset({"set", "unset", "settings", "delete", "clear-cache"})


def add(verbs: "Verbs[argparse.ArgumentParser]") -> None:
    """Add the verb."""
    example = (
        "thakur completion fish > ~/.config/fish/completions/thakur.fish\n"
        "  thakur completion zsh > ~/.zfunc/_thakur        (where fpath has ~/.zfunc)\n"
        '  eval "$(thakur completion bash)"                (a line of ~/.bashrc)'
    )
    parser = add_verb(verbs, "completion", "print a script that lets a shell complete the command", example, run)
    parser.add_argument("shell", choices=SHELLS, help="for which shell")


def run(args: argparse.Namespace) -> int:
    """Print the script."""
    import shtab

    from thakur.cli.command import make_parser

    parser = make_parser()
    _mark(parser, shtab)
    script = shtab.complete(parser, args.shell)
    if args.json:
        document({"shell": args.shell, "script": script})
    else:
        result(script)
    return 0


def _mark(parser: argparse.ArgumentParser, shtab: Any, verb: str = "") -> None:
    for action in parser._actions:  # noqa: SLF001  (argparse walks its own actions no other way)
        if isinstance(action, Verbs):
            for name, below in action.choices.items():
                _mark(below, shtab, name)
        elif action.dest == "project" or (action.dest == "name" and verb in OF_PROJECTS):
            _complete(action, shtab.cmd(NAMES))
        elif action.dest in ("path", "data_dir"):
            _complete(action, shtab.DIRECTORY)
        elif action.metavar == "FILE":
            _complete(action, shtab.FILE)


def _complete(action: argparse.Action, how: object) -> None:
    # The attribute that shtab looks for.
    action.complete = how  # type: ignore[attr-defined]
