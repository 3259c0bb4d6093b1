"""Every payload that GitHub gives as an example, signed by GitHub's own library, against Thakur's address of webhooks."""

import json
import subprocess

import pytest

from support.foreign import CONTRACT, SCRIPT_SECONDS
from support.server import Server

EXAMPLES = 329


@pytest.fixture(scope="module")
def server(base, simulated):
    server = Server(base / "data", {"THAKUR_GIT_SCHEMES": "https,http", "THAKUR_GIT_HOSTS": "public,127.0.0.1"})
    server.start()
    try:
        yield server
    finally:
        server.stop()
        server.run("stop", check=False)


def test_every_example_is_answered_as_github_signs_it(server, simulated, base, node, figures) -> None:
    app = simulated.call(simulated.github.add_app, "thakur", f"http://{server.address}/webhooks/github")
    for name, text in (("client", app.client_secret), ("key", app.private_key), ("hook", app.webhook_secret)):
        (base / name).write_text(text)
    words = ["github", "add", "--app-id", str(app.id), "--client-id", app.client_id, "--url", simulated.github.url]
    files = ["--client-secret-file", "client", "--private-key-file", "key", "--webhook-secret-file", "hook"]
    server.run(*words, *files, cwd=base)

    argv = [str(node), str(CONTRACT / "payloads.mjs"), app.hook_url, app.webhook_secret]
    ran = subprocess.run(argv, capture_output=True, text=True, check=True, timeout=SCRIPT_SECONDS)

    answers = [json.loads(line) for line in ran.stdout.splitlines()]
    assert len(answers) == EXAMPLES
    assert [each for each in answers if each["status"] != 202] == []
    slowest = max(each["ms"] for each in answers)
    assert slowest < 1000
    assert "Traceback" not in server.log.read_text()
    figures.append(f"payloads: {len(answers)} examples answered 202, the slowest in {slowest:.0f} ms")
