"""The command `thakur`: one file per group of *verbs*.

A verb of the host (serve, stop, doctor, migrate) works on a data directory; a *client* verb asks a server over its API,
by the local socket or by THAKUR_API_URL. Results go to standard output, everything else to standard error.
"""

from thakur.cli.command import main

__all__ = ["main"]
