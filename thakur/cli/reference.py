"""The page of the command line, made of its parsers: `python -m thakur.cli.reference > docs/cli.md`."""

import argparse
from collections.abc import Iterator

from thakur.cli.parsing import Verbs

BEGINNING = """\
# The command line

Made from the command's own help by `make cli-page`; a test compares them.

`thakur VERB`. A verb of a project takes it from `--project NAME`, else from `THAKUR_PROJECT`, else it is the one that this folder, or
the nearest above it, was last deployed to. Results go to standard output, everything else to standard error. With `--json`, standard
output is one JSON document (`logs -f`: one a line). Exit status: 0 done, 1 failed, 2 wrong usage, 130 interrupted. `NO_COLOR` is
heeded; in a pipe there are no colors, nothing moves and nothing is cut.

Which server is asked: the one of `THAKUR_API_URL` with `THAKUR_TOKEN`, else the one that `thakur login` got into, else the one on this host
that has `THAKUR_DATA_DIR`, by its socket.
"""
# Every verb has them.
EVERYWHERE = frozenset({"--help", "--json"})


def reference(parser: argparse.ArgumentParser) -> str:
    """Every verb with its arguments and examples, in Markdown."""
    return "\n".join([BEGINNING, *(_section(verb, does) for verb, does in _verbs(parser))])


def _verbs(parser: argparse.ArgumentParser) -> Iterator[tuple[argparse.ArgumentParser, str]]:
    for action in parser._actions:  # noqa: SLF001  (argparse walks its own actions no other way)
        if isinstance(action, Verbs):
            told = {choice.dest: choice.help or "" for choice in action._choices_actions}  # noqa: SLF001
            for name, verb in action.choices.items():
                yield verb, told.get(name, "")
                yield from _verbs(verb)


def _section(verb: argparse.ArgumentParser, does: str) -> str:
    actions = [action for action in verb._actions if _is_told(action)]  # noqa: SLF001
    rows = "".join(f"| `{_escaped(_name(action))}` | {_cell(action)} |\n" for action in actions)
    table = f"| | |\n|---|---|\n{rows}\n" if rows else ""
    example = (verb.epilog or "").partition("\n")[2]
    lines = "\n".join(line.removeprefix("  ") for line in example.splitlines())
    return f"## {verb.prog}\n\n{does[:1].upper()}{does[1:]}.\n\n{table}```\n{lines}\n```\n"


def _is_told(action: argparse.Action) -> bool:
    return not isinstance(action, Verbs) and not EVERYWHERE & set(action.option_strings)


def _name(action: argparse.Action) -> str:
    value = action.metavar if isinstance(action.metavar, str) else "|".join(map(str, action.choices or []))
    if not action.option_strings:
        return f"{value or action.dest}…" if action.nargs in ("+", "*") else value or action.dest
    words = ", ".join(action.option_strings)
    return words if action.nargs == 0 or not value else f"{words} {value}"


def _cell(action: argparse.Action) -> str:
    return _escaped((action.help or "") % (vars(action) | {"prog": ""}))


def _escaped(text: str) -> str:
    return text.replace("|", "\\|")


if __name__ == "__main__":
    from thakur.cli.command import make_parser

    print(reference(make_parser()), end="")
