"""The command line: its verbs, and how each of them ends."""

import argparse
import io
import sys
from collections.abc import Sequence

from thakur.cli.output import progress
from thakur.cli.parsing import VERB, Help, Parser
from thakur.cli.verbs import (
    builds,
    cancel,
    completion,
    deploy,
    deployments,
    doctor,
    domains,
    edges,
    env,
    github,
    keys,
    login,
    login_link,
    logs,
    migrate,
    open,  # noqa: A004  (a verb's name)
    previews,
    projects,
    ps,
    redeploy,
    restart,
    rollback,
    serve,
    stop,
    systemd_unit,
    team,
    tokens,
)
from thakur.errors import ThakurError

DONE, FAILED, WRONG_USAGE, INTERRUPTED = 0, 1, 2, 130

# In the order in which somebody new needs them.
VERBS = (
    serve,
    deploy,
    projects,
    builds,
    deployments,
    open,
    logs,
    ps,
    env,
    domains,
    github,
    previews,
    rollback,
    redeploy,
    restart,
    cancel,
    login,
    tokens,
    team,
    edges,
    login_link,
    stop,
    doctor,
    systemd_unit,
    migrate,
    keys,
    completion,
)


def main(argv: Sequence[str] | None = None) -> int:
    """Run one verb; returns the exit status: 0 done, 1 failed, 2 wrong usage, 130 interrupted."""
    # A terminal of another encoding is shown what it can show.
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
    parser = make_parser()
    try:
        args = parser.parse_args(argv)
        if args.run is None:
            parser.print_help(sys.stderr)
            return WRONG_USAGE
        return int(args.run(args))
    except SystemExit as ending:
        return int(ending.code or DONE)
    except ThakurError as error:
        progress()
        return _say(error)
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        # Whoever read our output has left, as `head` does: the interpreter must not complain about it at its end.
        sys.stderr.close()
        return FAILED
    finally:
        if not sys.stderr.closed:
            progress()


def make_parser() -> argparse.ArgumentParser:
    """The parser of all verbs; a verb's needs are imported when it runs, so that --help is there at once."""
    parser = Parser(
        prog="thakur",
        description="Put web applications on your own server.",
        epilog="Begin with: thakur serve, and in another terminal: thakur deploy FOLDER\n"
        "Each verb tells more, with an example: thakur VERB --help",
        formatter_class=Help,
    )
    parser.set_defaults(run=None)
    verbs = parser.add_subparsers(title="verbs", metavar=VERB)
    for module in VERBS:
        module.add(verbs)
    return parser


def _say(error: ThakurError) -> int:
    message = error.message if error.message.endswith((".", "!", "?")) else f"{error.message}."
    print(message, file=sys.stderr)
    if error.hint:
        print(error.hint, file=sys.stderr)
    return WRONG_USAGE if error.code == "wrong_usage" else FAILED
