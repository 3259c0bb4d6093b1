"""The users that tests run programs as: each process of a run has its own, as limits are counted by user."""

import os

# Room for the projects that a process makes from its first user on.
APART = 50_000


def ours(uid: int) -> int:
    """`uid`, or what stands for it where tests run side by side."""
    worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    return uid + worker * APART
