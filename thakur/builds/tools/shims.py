"""Shims: small programs first on PATH under the names npm, npx, yarn, pnpm, corepack and node, which speak to bun."""

import os
from pathlib import Path

PROGRAMS = Path(__file__).parent / "programs"
# Other names of the same: called as `node`, bun behaves like node.
LINKS = {"yarnpkg": "yarn", "bun": "", "bunx": "", "emulated/node": ""}


def make_shims(directory: Path, bun: str) -> None:
    """Put them into `directory`; `bun` is where they find it. May be called by several processes at once."""
    for place in (directory, directory / "emulated"):
        place.mkdir(mode=0o755, parents=True, exist_ok=True)
        place.chmod(0o755)
    for program in PROGRAMS.iterdir():
        fresh = directory / f".{program.name}-{os.getpid()}"
        fresh.write_bytes(program.read_bytes())
        fresh.chmod(0o755)
        fresh.rename(directory / program.name)
    for name, target in LINKS.items():
        fresh = directory / f".link-{os.getpid()}"
        fresh.unlink(missing_ok=True)
        fresh.symlink_to(target or bun)
        fresh.rename(directory / name)
