"""thakur systemd-unit: the unit by which systemd keeps `thakur serve` running on this host."""

import argparse
import sys
from pathlib import Path

from thakur.cli.output import document, result, say
from thakur.cli.parsing import Verbs, add_verb

PLACE = "/etc/systemd/system/thakur.service"
SETTINGS = "/etc/thakur.env"
STATE = "/var/lib/thakur"

UNIT = """\
[Unit]
Description=Thakur Deploy
Wants=network-online.target
After=network-online.target

[Service]
ExecStart={program} serve
EnvironmentFile=-{settings}
{whose}# Applications, the proxy and the stores outlive this process; the next one takes them over. `thakur stop` ends them.
KillMode=process
Delegate=yes
OOMPolicy=continue
TasksMax=infinity
Restart=on-failure
RestartSec=2
TimeoutStopSec=60

[Install]
WantedBy=multi-user.target
"""
# Delegated groups cannot hold processes beside groups: systemd starts the server in one of its own.
WHOSE = """\
User={user}
StateDirectory=thakur
StateDirectoryMode=0755
Environment=THAKUR_DATA_DIR={state}
DelegateSubgroup=supervisor
"""


def add(verbs: "Verbs[argparse.ArgumentParser]") -> None:
    """Add the verb."""
    example = f"thakur systemd-unit > {PLACE}"
    does = "print the unit by which systemd keeps thakur serve running"
    parser = add_verb(verbs, "systemd-unit", does, example, run)
    parser.add_argument(
        "--user", metavar="NAME", help="run as this user (default: root, who can give every project a uid of its own)"
    )


def run(args: argparse.Namespace) -> int:
    """Print the unit; settings come from a file that it names."""
    text = unit(_program(), args.user)
    if args.json:
        document({"path": PLACE, "settings": SETTINGS, "unit": text})
        return 0
    result(text.rstrip("\n"))
    say(f"# Settings go into {SETTINGS}, one THAKUR_NAME=value a line. With the unit in {PLACE}:")
    say("#   systemctl daemon-reload && systemctl enable --now thakur && journalctl -fu thakur")
    return 0


def unit(program: str, user: str | None) -> str:
    """The unit's text; `program` begins the command line."""
    whose = WHOSE.format(user=user, state=STATE) if user else ""
    return UNIT.format(program=program, settings=SETTINGS, whose=whose)


def _program() -> str:
    command = Path(sys.executable).parent / "thakur"
    words = [str(command)] if command.exists() else [sys.executable, "-m", "thakur"]
    return " ".join(_quoted(word) for word in words)


def _quoted(word: str) -> str:
    escaped = word.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%").replace("$", "$$")
    return f'"{escaped}"' if " " in word or escaped != word else word
