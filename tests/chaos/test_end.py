"""After `projects delete --all` nothing of any project is left, and after `stop` nothing that runs."""

import asyncio
import json
import socket
from pathlib import Path

from support.leavings import Picture, picture
from support.loads import saying
from support.remains import remains
from support.server import Server
from support.tables import Table
from support.waiting import eventually

SUBJECT = "what is left after everything was deleted"
PROJECTS = ("amber", "birch", "cedar")
GONE_SECONDS = 30
# What an edge makes with its first deployment and keeps: an empty directory, an empty record, its own key.
THE_EDGES_OWN = ("files: edge/replicas", "files: edge/state.json", "files: keys/edge.key")
# Who did what outlives what it was done to.
TOLD_FOR_EVER = "audit_events"


async def test_deleting_everything_leaves_nothing(bare: Server, place: Path, table: Table) -> None:
    untouched = picture(bare.data_dir)
    await asyncio.to_thread(live_a_while, bare, place)
    endless = saying(place / "endless", "endless", "sleep 300")
    building = asyncio.create_task(
        asyncio.to_thread(bare.run, "deploy", str(endless), "--project", "birch", check=False)
    )
    await eventually(lambda: asyncio.to_thread(lambda: bare.builds("birch")[0]["status"] == "running"), GONE_SECONDS)
    full = picture(bare.data_dir)
    kinds = {kind: len(getattr(full, kind)) for kind in ("processes", "ports", "groups", "files")}
    table.add(when="before", left=f"{kinds}, rows {sum(full.rows.values()) - sum(untouched.rows.values())}")
    assert all(kinds.values())

    done = await asyncio.to_thread(bare.run, "projects", "delete", "--all", "--yes")
    await eventually(lambda: asyncio.to_thread(is_bare, bare, untouched), within_seconds=GONE_SECONDS)
    assert (await building).status == 1, "its build was ended"

    left = [*leavings(bare, untouched), *taken(full.ports)]
    table.add(when=f"after projects delete --all --yes, {done.seconds:.1f} s", left=left)
    assert left == []
    assert all(bare.get(name).status == 404 for name in PROJECTS)

    assert json.loads((bare.data_dir / "edge" / "state.json").read_text())["placements"] == []

    bare_rows = picture(bare.data_dir).rows
    stopped = await asyncio.to_thread(bare.run, "stop")

    left = remains(bare.data_dir, bare.address, bare.http)
    table.add(when=f"after stop, {stopped.seconds:.1f} s", left=left)
    audited = bare_rows.get(TOLD_FOR_EVER, 0)
    table.add(when="rows that stay", left=f"{audited} in {TOLD_FOR_EVER}")
    table.add(when="files that stay", left=", ".join(sorted(path.name for path in bare.data_dir.iterdir())))
    assert left == []


def is_bare(server: Server, untouched: Picture) -> bool:
    left = leavings(server, untouched)
    assert not left, ", ".join(left)
    return True


def leavings(server: Server, untouched: Picture) -> list[str]:
    left = picture(server.data_dir).beyond(untouched)
    return [line for line in left if line not in THE_EDGES_OWN and not line.endswith(f" in {TOLD_FOR_EVER}")]


def live_a_while(server: Server, place: Path) -> None:
    """Servers, a plain folder, a failed build, env vars, old deployments."""
    for word in PROJECTS[:2]:
        folder = saying(place / word, word)
        server.deploy(folder, word)
        server.run("env", "set", f"GREETING={word}", "--project", word)
        (folder / "mark.txt").write_text("another build")
        server.deploy(folder, word)
        server.run("restart", "--project", word)
    (place / "cedar").mkdir()
    (place / "cedar" / "index.html").write_text("<h1>plain</h1>")
    server.deploy(place / "cedar", "cedar")
    failing = saying(place / "failing", "failing", "exit 3")
    assert server.run("deploy", str(failing), "--project", "cedar", check=False).status == 1


def taken(ports: set[str]) -> list[str]:
    """Those on which somebody listens."""
    found = []
    for port in sorted(ports):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", int(port))) == 0:
                found.append(f"port {port}")
    return found
