"""Programs that others' libraries are called from: each prints a line of JSON for a step of its own."""

import json
import subprocess
from pathlib import Path
from typing import Any

CONTRACT = Path(__file__).parents[1] / "contract"
SCRIPT_SECONDS = 180


def steps(argv: list[str]) -> list[dict[str, Any]]:
    """What the script says of each of its steps; the last may have failed."""
    ran = subprocess.run(argv, capture_output=True, text=True, timeout=SCRIPT_SECONDS, check=False)
    told = [json.loads(line) for line in ran.stdout.splitlines() if line.startswith("{")]
    assert told, ran.stderr
    failed = [each for each in told if "failed" in each]
    assert not failed, f"{failed[0]['step']}: {failed[0]['failed']}"
    assert ran.returncode == 0, ran.stderr
    return told
