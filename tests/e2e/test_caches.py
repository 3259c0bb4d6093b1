"""Redeploys of a real framework go on from the caches of the build before, and no failed build spoils them."""

import json
from pathlib import Path

from e2e.conftest import Figures
from support.floors import Floor
from support.server import Server

SOURCE = {
    "package.json": json.dumps(
        {
            "name": "shop",
            "private": True,
            "scripts": {"build": "next build", "start": "next start"},
            "dependencies": {"next": "16.4.3", "react": "19.3.0", "react-dom": "19.3.0"},
        }
    ),
    "next.config.mjs": "export default {}\n",
    "app/layout.js": "export default ({ children }) => <html><body>{children}</body></html>\n",
    "app/page.js": "export default () => <p>first words</p>\n",
}


def test_next_is_deployed_again_with_an_unchanged_lockfile(server: Server, tmp_path: Path, figures: Figures) -> None:
    folder, project = tmp_path / "app", "cached"
    for name, text in SOURCE.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    Floor(tmp_path, folder).lock()
    page = folder / "app" / "page.js"

    def deploy(what: str, *arguments: str) -> dict[str, float]:
        done = server.run("deploy", str(folder), "--project", project, *arguments, "--json", check=False)
        steps = {step["name"]: step["seconds"] for step in server.builds(project)[0]["steps"]}
        figures.add(f"next, {what}: {done.seconds:.2f} s; " + " ".join(f"{name} {steps[name]:.2f}" for name in steps))
        assert (done.status == 0) == (what != "broken"), done.err
        return steps

    cold = deploy("first")
    page.write_text("export default () => <p>second {words}</p>\n")
    deploy("broken")
    page.write_text("export default () => <p>third words</p>\n")
    warm = deploy("again")
    log = server.run("logs", "--project", project, "--build", "3").out

    assert "third words" in server.get(project).text
    assert "going on from its packages" in log
    assert "Going on from the last build's .next/cache" in log
    assert warm["install"] < cold["install"]
    assert warm["build"] < cold["build"]

    deploy("fresh", "--fresh")
    assert "oing on from" not in server.run("logs", "--project", project, "--build", "4").out
    assert server.run("projects", "clear-cache", project, "--json").json()["freed_bytes"] > 100_000_000
