"""A hostile build and a hostile application, deployed as anybody's, under a server of root's and of a normal user's."""

import json
import os
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from e2e.conftest import Figures
from support.hostile import fork_bombing, probing, scribbling
from support.interpreters import as_user, reachable_python
from support.server import Server
from support.users import NORMAL_UID
from support.waiting import eventually
from thakur.builds.packing.artifacts import digest_of
from thakur.builds.steps.command import BUILD_PROCESSES

NOTHING: dict[str, list[Any]] = {"paths": [], "sockets": [], "urls": [], "pids": []}


@dataclass(frozen=True)
class House:
    """A server, the user it runs as, and a place for folders that this user can read."""

    server: Server
    place: Path
    uid: int

    @property
    def is_root(self) -> bool:
        return self.uid == 0

    def doctor(self) -> dict[str, dict[str, str]]:
        return {check["name"]: check for check in self.server.run("doctor", "--json").json()}

    def is_limited(self, what: str) -> bool:
        return self.doctor()[f"{what} limit"]["status"] == "ok"


@pytest.fixture(scope="module", params=["root", "user"])
def house(request: pytest.FixtureRequest, server: Server) -> Iterator[House]:
    place = Path(tempfile.mkdtemp(prefix="thakur-house-"))
    try:
        if (request.param == "root") is (os.geteuid() == 0):
            place.chmod(0o755)
            yield House(server, place, os.geteuid())
        elif os.geteuid() == 0:
            yield from _house_of_a_normal_user(place)
        else:
            pytest.skip("needs root")
    finally:
        shutil.rmtree(place, ignore_errors=True)


def _house_of_a_normal_user(place: Path) -> Iterator[House]:
    place.chmod(0o755)
    interpreter = reachable_python(NORMAL_UID, place / "python")
    if interpreter is None:
        pytest.skip("needs a Python that a normal user can start")
    home = place / "home"
    home.mkdir()
    os.chown(home, NORMAL_UID, NORMAL_UID)
    server = Server(home / "data", settings={"HOME": str(home), "TMPDIR": "/tmp"})
    server.thakur = as_user(NORMAL_UID, interpreter, "-m", "thakur")
    server.start()
    try:
        yield House(server, place, NORMAL_UID)
    finally:
        server.stop()
        server.run("stop", check=False)


def test_doctor_names_what_the_host_cannot_enforce(house: House, figures: Figures) -> None:
    found = house.doctor()

    missing = {name: check["text"] for name, check in found.items() if check["status"] != "ok"}
    figures.add(f"doctor as uid {house.uid}: {missing or 'everything is enforced'}")
    assert found["sandbox"]["status"] == "ok"
    assert found["system call filter"]["status"] == "ok"
    if house.is_root:
        assert missing == {}
    else:
        assert "a user of its own for each project" in missing
        assert all(text.startswith("not enforced: ") for text in missing.values())


def test_a_hostile_build_and_application_get_nowhere(house: House, figures: Figures) -> None:
    server = house.server
    server.deploy(probing(house.place / "neighbor", NOTHING), "neighbor")
    asked = _worth_trying(house)

    server.deploy(probing(house.place / "probe", asked), "probe")

    neighbor = json.loads(server.get("neighbor", "/probe").body)
    built = json.loads((_artifact(house, "probe") / "built.json").read_text())
    application = json.loads(server.get("probe", "/probe").body)
    for who, report in (("build", built), ("application", application)):
        figures.add(f"{who} under uid {house.uid}: {_summary(report)}")
        assert (report["capabilities"], report["bounding"]) == ("0" * 16, "0" * 16)
        assert (report["noNewPrivs"], report["seccomp"]) == ("1", "2")
        assert report["uid"] != 0
        assert (report["uid"] == neighbor["uid"]) is not house.is_root
        for kind in ("read", "write", "signal", "systemCalls", "sockets"):
            assert [name for name, attempt in report[kind].items() if attempt["allowed"]] == [], kind
        assert {attempt["detail"] for attempt in report["urls"].values()} == {401}
        assert len(report["pids"]) <= 4


async def test_a_fork_bomb_stops_at_its_limit(house: House, figures: Figures) -> None:
    server = house.server
    server.deploy(probing(house.place / "bomb", NOTHING), "bomb")
    limit = _order(house, "bomb")["processes"]

    bomb = server.get("bomb", "/bomb/fork")

    # The runtime gets a refusal, or aborts when it is refused a thread of its own: then the replica is started again.
    told = json.loads(bomb.body) if bomb.status == 200 else {"started": 0, "detail": f"{bomb.status}, replica aborted"}
    figures.add(
        f"fork bomb in an application under uid {house.uid}: {told['started']} of at most {limit}, {told['detail']}"
    )
    assert bomb.status == 502 or (told["detail"] == "EAGAIN" and 0 < told["started"] < limit)
    await eventually(lambda: server.get("bomb").text == "ok", within_seconds=20)


def test_a_fork_bomb_in_a_build_ends_that_build(house: House, figures: Figures) -> None:
    server = house.server

    failed = server.run("deploy", str(fork_bombing(house.place / "forks")), "--project", "forks", "--json", check=False)

    forked = failed.err.count("forked ")
    failure = failed.json()["failure"]
    figures.add(f"fork bomb in a build under uid {house.uid}: {forked} of at most {BUILD_PROCESSES}, {failure['code']}")
    assert 0 < forked < BUILD_PROCESSES
    assert "Cannot fork" in failed.err
    # Only a control group tells afterwards that its limit was hit; a normal user's build says it in its own last lines.
    assert failure["code"] == ("build_too_many_processes" if house.is_root else "command_failed")


async def test_too_much_memory_ends_only_who_takes_it(house: House, figures: Figures) -> None:
    if not house.is_limited("memory"):
        # Nothing would stop it, and this host has others on it.
        figures.add(f"too much memory under uid {house.uid}: not tried, doctor says it is not enforced")
        return
    server = house.server
    server.deploy(probing(house.place / "hog", NOTHING), "hog")

    assert server.get("hog", "/bomb/memory").status == 502

    await eventually(lambda: server.get("hog").text == "ok", within_seconds=20)
    told = server.run("logs", "--project", "hog").out
    assert "ran out of memory (limit 512 MB); it is started again" in told
    failed = server.run(
        "deploy",
        str(probing(house.place / "hog", NOTHING, building="memory")),
        "--project",
        "hog",
        "--json",
        check=False,
    )
    assert failed.json()["failure"]["code"] == "build_out_of_memory"
    assert server.get("hog").text == "ok"
    figures.add(
        f"too much memory under uid {house.uid}: {failed.json()['failure']['what']} The application was killed and came back."
    )


def test_what_is_overwritten_in_place_leaves_the_artifact_as_it_was(house: House) -> None:
    server = house.server
    folder = scribbling(house.place / "scribbler")
    server.deploy(folder, "scribbler")
    first = _artifact(house, "scribbler")
    before = digest_of(first)
    assert before == first.name

    scribbled = json.loads(server.get("scribbler", "/scribble").body)

    assert scribbled == {"server.mjs": True, "page.txt": True, "node_modules/is-odd/index.js": True}
    assert digest_of(first) == before
    (folder / "page.txt").write_text("a page of the second build\n")
    server.deploy(folder, "scribbler")
    log = server.run("logs", "--project", "scribbler", "--build", "2").out
    assert '{"kept":true,"package":true}' in log
    second = _artifact(house, "scribbler")
    assert second != first
    assert digest_of(first) == before
    assert (first / "page.txt").read_text() == "a page of the first build\n"


def _worth_trying(house: House) -> dict[str, list[Any]]:
    data, order = house.server.data_dir, _order(house, "neighbor")
    assert house.server.process is not None
    stores = [path for path in data.rglob("*") if path.is_socket()]
    assert {"local.sock", "valkey.sock", ".s.PGSQL.5432"} <= {path.name for path in stores}
    neighbor = _placement(house, "neighbor")["replicas"][0]["identity"]
    postgres = int((data / "stores" / "pg" / "postmaster.pid").read_text().split()[0])
    pids = [house.server.process.pid, postgres, *(neighbor[which]["pid"] for which in ("monitor", "init", "app"))]
    paths = [
        data,
        data / "secret.key",
        data / "edge" / "state.json",
        data / "uploads",
        data / "builds" / str(order["project_id"]),
        _artifact(house, "neighbor"),
        data / "edge" / "replicas" / neighbor["name"],
        Path("/root"),
        Path("/etc/shadow"),
    ]
    assert all(path.exists() for path in paths)
    return {
        "paths": [*map(str, paths), *(f"/proc/{pid}/{what}" for pid in pids for what in ("root", "environ", "cwd"))],
        "sockets": [str(path) for path in stores],
        "urls": [f"http://{house.server.address}/api/v1/{path}" for path in ("projects", "host")],
        "pids": pids,
    }


def _placement(house: House, project: str) -> dict[str, Any]:
    state = json.loads((house.server.data_dir / "edge" / "state.json").read_text())
    (found,) = (one for one in state["placements"] if one["order"]["project"] == project and one["is_routed"])
    return dict(found)


def _order(house: House, project: str) -> dict[str, Any]:
    return dict(_placement(house, project)["order"])


def _artifact(house: House, project: str) -> Path:
    order = _order(house, project)
    return house.server.data_dir / "artifacts" / str(order["project_id"]) / str(order["digest"])


def _summary(report: dict[str, Any]) -> str:
    kinds = ("read", "write", "signal", "systemCalls", "sockets", "urls")
    refusals = {kind: sorted({str(attempt["detail"]) for attempt in report[kind].values()}) for kind in kinds}
    told = ", ".join(f"{len(report[kind])} {kind} → {'/'.join(refusals[kind])}" for kind in kinds)
    identity = f"uid {report['uid']}, CapEff {report['capabilities']}, NoNewPrivs {report['noNewPrivs']}"
    return f"{identity}, Seccomp {report['seccomp']}, sees {len(report['pids'])} processes; {told}"
