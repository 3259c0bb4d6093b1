"""What the demo says: the way from an empty dashboard to a push that is live."""

import sys
from pathlib import Path
from typing import Any

from examples.demo.github import GUEST, LOGIN, SimulatedGitHub
from examples.demo.server import DemoServer


def way_through(server: DemoServer, login_link: str, github: SimulatedGitHub, seconds: float) -> str:
    """The steps, in the order in which a person takes them."""
    return f"""
  Simulated GitHub  {github.url}   (on this computer; nothing leaves it but what bun installs)
  Dashboard         {login_link}
  Ready after {seconds:.1f} s. Ctrl-C ends all of it and leaves nothing.

  1  Open the dashboard's link, once and within 10 minutes: its button makes you the owner.
  2  GitHub, Connect GitHub, Create the App. GitHub asks for its name, and then which repositories it may see.
  3  New project, Choose {LOGIN}/hello, Create and deploy. Watch it build.
  4  Push, as often as you like, and watch the project's page. This works as it is, and again:

{push_command(github.clone("hello"))}

     Or without a terminal: {github.url}/{LOGIN}/hello/edit/main/greeting.txt

  5  On that page, commit to a new branch: its pull request has a preview of its own, and says where. Be {GUEST} there
     ("Switch"), and the change comes from a fork: the preview waits until you approve it in the dashboard.

  The command line goes on beside it:

     export THAKUR_DATA_DIR={server.data_dir}
     {sys.executable} -m thakur deployments --project hello

  What becomes of each push is said here.
"""


def push_command(clone: Path) -> str:
    """Changes what the application answers."""
    return (
        f"     cd {clone} &&\n"
        '     echo "Hello again, it is $(date +%T.%3N)" > greeting.txt &&\n'
        '     git commit -qam "Say hello again" && git push -q'
    )


def quick_end(ready_seconds: float, deployed: dict[str, Any], status: int) -> str:
    """That it is live, and how long that took."""
    return (
        f"Live: {deployed['url']} (GET / answered {status})\n"
        f"Took: {ready_seconds:.1f} s to start the server, {deployed['seconds']} s from upload to live"
    )
