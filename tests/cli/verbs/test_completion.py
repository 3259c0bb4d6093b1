import json
import shutil
import subprocess

import pytest

from thakur.cli.verbs.completion import SHELLS

ASK = """
source "$1"
COMP_WORDS=(thakur builds --project "") COMP_CWORD=3
$(complete -p thakur | sed 's/.*-F \\([^ ]*\\).*/\\1/')
echo "${COMPREPLY[@]}"
"""


@pytest.mark.parametrize("shell", SHELLS)
def test_every_shell_reads_its_script(thakur, tmp_path, shell):
    ran = thakur("completion", shell)
    assert ran.status == 0
    assert "deployments" in ran.out
    if shutil.which(shell) is None:
        pytest.skip(f"no {shell}")
    (tmp_path / "script").write_text(ran.out)
    assert subprocess.run([shell, "-n", tmp_path / "script"], capture_output=True, check=True).stderr == b""


def test_projects_are_completed_as_the_command_lists_them(thakur, tmp_path):
    (tmp_path / "script").write_text(json.loads(thakur("completion", "bash", "--json").out)["script"])
    command = tmp_path / "thakur"
    command.write_text("#!/bin/sh\nprintf 'NAME   LIVE\\nshop   #1\\nblog   -\\n'\n")
    command.chmod(0o755)

    asked = ["bash", "-c", ASK, "-", tmp_path / "script"]
    done = subprocess.run(asked, capture_output=True, text=True, check=True, env={"PATH": f"{tmp_path}:/usr/bin:/bin"})

    assert done.stdout.split() == ["shop", "blog"]
