"""thakur keys: rotate."""

import argparse

from thakur.cli.output import document, say
from thakur.cli.parsing import Verbs, add_data_dir, add_verb, host_settings


def add(verbs: "Verbs[argparse.ArgumentParser]") -> None:
    """Add the verb and its own verb."""
    example = "thakur keys rotate"
    does = "make a new master key, seal every secret anew with it and drop the old one, while serve does not run"
    parser = add_verb(verbs, "keys", "change the key that secrets are sealed with", example, run)
    within = parser.add_subparsers(metavar="[rotate]")
    add_data_dir(add_verb(within, "rotate", does, example, run_rotate))


def run(_args: argparse.Namespace) -> int:
    """Nothing happens to keys without a word for it."""
    from thakur.cli.interface import WrongUsage

    raise WrongUsage("Say what to do with the keys", hint="Run: thakur keys rotate, or thakur keys rotate --help")


def run_rotate(args: argparse.Namespace) -> int:
    """Rotate, with the embedded stores running for as long as it takes."""
    settings = host_settings(args)
    from thakur import modes
    from thakur.cli.times import counted

    done = modes.rotate(settings)
    if args.json:
        document({"key_file": str(settings.key_file), "sealed_anew": done.count, "unreadable": done.unreadable})
    say(
        f"Sealed {counted(done.count, 'secret')} anew. Back up {settings.key_file}: what was backed up before needs the old one."
    )
    if done.unreadable:
        say(
            f"{counted(done.unreadable, 'secret')} could not be opened, so the old key stays in the file. Set them anew, or "
            "delete their projects, and run this again."
        )
    return 0
