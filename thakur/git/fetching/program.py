"""The program: reads what is asked from standard input, answers with lines of JSON, writes an archive.

It runs in a sandbox of its own, as the project's user; it has no files of the host and ends by being killed.
"""

import json
import os
import resource
import ssl
import sys
from pathlib import Path
from typing import Any

import pygit2

from .archive import Archive
from .checkout import Checkout, Source
from .dialing import Dialer
from .listing import Limits
from .refs import choose
from .remote import Borders, Remote
from .stops import Stopped
from .urls import parse

PLACE = Path("/app")
BUNDLES = ("/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/cert.pem")
SUBJECT_CHARACTERS = 500


def main() -> None:
    """End with 0 when it is done, with 1 when it stopped and said why."""
    # At once: the relay's threads would be in the way of an orderly end, and there is nothing left to put in order.
    os._exit(_main())


def _main() -> int:
    asked = json.load(sys.stdin)
    _confine(int(asked["memory_bytes"]), int(asked["archive_bytes"]))
    try:
        _tell(done=_Work(asked).run())
    except Stopped as stopped:
        _tell(stopped={"code": stopped.code} | stopped.facts)
        return 1
    except MemoryError:
        _tell(stopped={"code": "out_of_memory"})
        return 1
    return 0


class _Work:
    def __init__(self, asked: dict[str, Any]) -> None:
        self._asked = asked
        self._url = parse(asked["url"], asked["schemes"])
        self._repository: Any = pygit2.init_repository(PLACE / "repository", bare=True)
        self._dialer = Dialer(asked["hosts"], os.environ)  # noqa: TID251  (the sandbox's own)
        self._borders = Borders(asked["received_bytes"], asked["stall_seconds"])
        self._remote = Remote(
            self._repository, self._url, asked["token"], self._dialer, asked["schemes"], self._borders
        )

    def run(self) -> dict[str, Any]:
        if self._asked["archive"]:
            return self._fetched()
        heads = self._remote.heads()
        choice = choose(self._asked["ref"], heads.ids, heads.default)
        return {"commit": choice.commit or "", "name": choice.name}

    def _fetched(self) -> dict[str, Any]:
        commit, name = self._asked["commit"], self._asked["name"]
        if commit:
            commit = self._remote.fetch(commit, name)
        else:
            self._remote.fetch_all()
            commit = self._remote.full_id(self._asked["ref"])
        found = self._repository[commit]
        limits = Limits(self._asked["unpacked_bytes"], self._asked["unpacked_entries"])
        checkout = Checkout(PLACE, self._dialer, self._borders, self._asked["schemes"], limits, _say)
        with (PLACE / self._asked["archive"]).open("wb") as file:
            archive = Archive(file, found.commit_time)
            checkout.write(Source(self._repository, self._url, commit, self._asked["token"]), archive)
            archive.end()
        subject = found.message.strip().partition("\n")[0]
        return {"commit": commit, "subject": subject[:SUBJECT_CHARACTERS], "author": found.author.name[:200]}


def _confine(memory_bytes: int, archive_bytes: int) -> None:
    # Where no control group counts, a small pack of one huge file would fill the memory.
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    resource.setrlimit(resource.RLIMIT_FSIZE, (archive_bytes, archive_bytes))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    # No configuration but that of the empty repository is read, and who owns it is of no matter.
    for level in (pygit2.enums.ConfigLevel.SYSTEM, pygit2.enums.ConfigLevel.GLOBAL, pygit2.enums.ConfigLevel.XDG):
        pygit2.settings.search_path[level] = ""
    pygit2.settings.owner_validation = False
    _trust()


def _trust() -> None:
    # An interpreter that was built elsewhere looks where this system has no certificates.
    paths = ssl.get_default_verify_paths()
    bundle = next((path for path in BUNDLES if Path(path).exists()), None)
    if paths.cafile is None and paths.capath is None and bundle is not None:
        os.environ["SSL_CERT_FILE"] = bundle  # noqa: TID251


def _say(code: str, facts: dict[str, str]) -> None:
    _tell(note={"code": code} | facts)


def _tell(**event: object) -> None:
    sys.stdout.write(json.dumps(event) + "\n")
    sys.stdout.flush()
