"""What a project and its repository say themselves, from the file and the command line to the running application."""

from pathlib import Path

from support.server import Server

SERVER = """\
require('node:http').createServer((request, response) => {
  response.statusCode = request.url === '/' ? 503 : 200
  response.end([...process.argv.slice(2), process.versions.bun ? 'bun' : 'node', process.cwd()].join(' '))
}).listen(process.env.PORT)
"""
FILE = 'root = "apps/api"\nstart = "bun server.js from-the-file"\nhealth_path = "/up"\nmemory_mb = 200\n'


def test_the_file_then_the_settings_then_a_rollback(server: Server, tmp_path: Path) -> None:
    (tmp_path / "apps" / "api").mkdir(parents=True)
    (tmp_path / "apps" / "api" / "server.js").write_text(SERVER)
    (tmp_path / "thakur.toml").write_text(FILE)

    server.deploy(tmp_path, "told")
    assert server.get("told", "/up").text == "from-the-file bun /app/apps/api"
    plan = server.builds("told")[0]["plan"]
    assert (plan["health_path"], plan["limits"]["memory_mb"]) == ("/up", 200)
    assert plan["overridden"]["start"] == "thakur.toml"

    server.run("projects", "set", "told", "start=bun server.js from-the-settings")
    server.run("redeploy", "--project", "told")
    assert server.get("told", "/up").text == "from-the-settings bun /app/apps/api"

    server.run("rollback", "--project", "told")
    assert server.get("told", "/up").text == "from-the-file bun /app/apps/api"


def test_a_mistake_in_the_file_fails_the_build_with_what_is_allowed(server: Server, tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text("page")
    (tmp_path / "thakur.toml").write_text('strat = "bun x.js"\n')

    done = server.run("deploy", str(tmp_path), "--project", "mistaken", "--json", check=False)

    failure = done.json()["failure"]
    assert (done.status, failure["code"]) == (1, "settings_invalid")
    assert "There is no setting strat" in failure["why"]
    assert "Did you mean start?" in failure["next"]
