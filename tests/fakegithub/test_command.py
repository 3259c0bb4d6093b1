"""The stand-in as a program of its own: it says where it is, shows what a folder holds, and ends when it is told to."""

import json
import signal
import subprocess
import sys
import urllib.request
from pathlib import Path

from support.github import Clone

EXAMPLE = Path(__file__).parents[2] / "examples" / "hono"


def test_it_serves_a_folder_as_a_repository_until_it_is_told_to_end(tmp_path) -> None:
    words = ["--user", "ada", "--user", "eve", "--repository", f"ada/hono={EXAMPLE}", "--json"]
    command = [sys.executable, "-m", "thakur.fakegithub", *words]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as serving:
        assert serving.stdout is not None
        told = json.loads(serving.stdout.readline())
        page = urllib.request.urlopen(f"{told['url']}/login", timeout=10).read().decode()
        assert "Simulated GitHub" in page
        assert "eve" in page
        (only,) = told["repositories"]
        clone = Clone(tmp_path / "work", only["push_url"])
        clone.git("fetch", "-q", "origin", "main")
        clone.git("checkout", "-q", "FETCH_HEAD")
        assert (clone.directory / "package.json").read_bytes() == (EXAMPLE / "package.json").read_bytes()
        assert not (clone.directory / "node_modules").exists()

        serving.send_signal(signal.SIGTERM)

        assert serving.wait(10) == 0
