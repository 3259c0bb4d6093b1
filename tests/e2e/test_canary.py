"""A secret is nowhere in clear but in the processes that need it: a canary is set, used, printed, and looked for everywhere."""

import base64
import hashlib
import json
import secrets
import stat
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import redis

from support.server import Server
from thakur.stores.postgres import DATABASE
from thakur.stores.programs import postgres_programs

# Says it in two writes, once at once and once across a pause, beside each other variable that travels its own way.
PRINTS = """
const { CANARY, TZ } = process.env;
console.log(`all of it: ${CANARY} and ${TZ} and ${JSON.stringify(CANARY)} and ${encodeURIComponent(CANARY)}`);
process.stdout.write(`in two reads: ${CANARY.slice(0, 12)}`);
await Bun.sleep(300);
process.stdout.write(`${CANARY.slice(12)}\\n`);
console.error(`on the other stream: ${CANARY}`);
"""
SERVES = f"""{PRINTS}
const digest = new Bun.CryptoHasher("sha256").update(CANARY + TZ).digest("hex");
Bun.serve({{ port: process.env.PORT, hostname: process.env.HOST, fetch: () => new Response(digest) }});
"""
SPIES = """
import { readdirSync, readFileSync, statSync } from "node:fs";
const read = (path) => {
  try { return statSync(path).size < 1e6 ? readFileSync(path, "latin1") : ""; } catch (error) { return ""; }
};
const processes = () => readdirSync("/proc").filter((name) => /^[0-9]+$/.test(name)).map((pid) =>
  ["cmdline", "environ", "mountinfo", "cgroup"].map((name) => read(`/proc/${pid}/${name}`)));
const files = () => ["/app", "/tmp", "/home", "/etc", "/run", "/var", "/root"].flatMap((root) => {
  try { return readdirSync(root, { recursive: true }).map((name) => read(`${root}/${name}`)); } catch (error) { return []; }
});
Bun.serve({ port: process.env.PORT, hostname: process.env.HOST, fetch: ({ url }) =>
  new Response(JSON.stringify(url.endsWith("/see") ? [process.env, processes(), files()] : "watching")) });
"""


class Canary:
    """Two values, and every form in which one of them may lie about."""

    def __init__(self) -> None:
        self.value = f"canary-{secrets.token_hex(8)} ü\n{secrets.token_hex(8)}-canary\n"
        # Names that the C library reads take another way into the sandbox.
        self.zone = f"Canary/{secrets.token_hex(8)}"
        parts = [*self.value.encode().split(b"\n")[:2], self.zone.encode()]
        self.forms = [form for part in parts for form in (part, part[:12], part.hex().encode(), *_base64(part))]

    @property
    def digest(self) -> str:
        return hashlib.sha256((self.value + self.zone).encode()).hexdigest()

    def is_in(self, data: bytes) -> bool:
        return any(form in data for form in self.forms)


def _base64(part: bytes) -> Iterator[bytes]:
    # Three ways to fall on the borders of four letters; what hangs over is left off.
    for offset in range(3):
        yield base64.b64encode(part[offset : offset + (len(part) - offset) // 3 * 3])


@pytest.fixture(scope="module")
def canary() -> Canary:
    return Canary()


@pytest.fixture(scope="module")
def command_lines(server: Server, canary: Canary, tmp_path_factory: pytest.TempPathFactory) -> list[bytes]:
    """The project is built and live; the command lines that were seen meanwhile."""
    folder = tmp_path_factory.mktemp("canary")
    (folder / "package.json").write_text(json.dumps({"scripts": {"build": "bun build.ts", "start": "bun server.ts"}}))
    (folder / "build.ts").write_text(PRINTS)
    (folder / "server.ts").write_text(SERVES)
    server.run("projects", "create", "canary")
    server.run("env", "set", "CANARY", "--from-file", "-", "--project", "canary", text=canary.value)
    server.run("env", "import", "-", "--project", "canary", text=f"TZ={canary.zone}\nPORT=1\n")
    seen: set[bytes] = set()
    deploying = threading.Thread(target=server.deploy, args=(folder, "canary"))
    deploying.start()
    while deploying.is_alive():
        seen.update(_command_lines())
        deploying.join(0.02)
    seen.update(_command_lines())
    return sorted(seen)


def test_the_application_has_it_to_the_byte(server: Server, canary: Canary, command_lines: list[bytes]) -> None:
    assert server.get("canary").text == canary.digest


def test_no_command_line_shows_it(canary: Canary, command_lines: list[bytes]) -> None:
    assert any(b"thakur-sandbox" in line and b"/build-" in line for line in command_lines), "the build was looked at"
    assert any(b"thakur-sandbox" in line and b"/build-" not in line for line in command_lines), (
        "the application was looked at"
    )
    assert not [line for line in command_lines if canary.is_in(line)]


def test_logs_show_a_mark_in_its_place(server: Server, canary: Canary, command_lines: list[bytes]) -> None:
    build = server.run("logs", "--project", "canary", "--build", "1")
    running = server.run("logs", "--project", "canary")

    for log in (build, running):
        text = log.out + log.err
        assert text.count("in two reads: [redacted]") == 1
        assert "all of it: [redacted]" in text
        assert "on the other stream: [redacted]" in text
        assert not canary.is_in(text.encode())
    assert not canary.is_in(server.log.read_bytes())


def test_what_the_api_and_the_command_answer_never_holds_it(
    server: Server, canary: Canary, command_lines: list[bytes]
) -> None:
    listed = server.run("env", "list", "--project", "canary", "--json")
    refused = server.run("env", "import", "-", "--project", "canary", text=f"{canary.value}", check=False)

    assert [row["name"] for row in listed.json()] == ["CANARY", "TZ"]
    assert refused.status == 1
    assert not canary.is_in((listed.out + listed.err + refused.out + refused.err).encode())


def test_a_dump_of_the_database_holds_it_sealed_only(
    server: Server, canary: Canary, command_lines: list[bytes]
) -> None:
    program = postgres_programs().path / "pg_dump"
    argv = [program, "-h", server.data_dir / "stores" / "run", "-U", "thakur", DATABASE]
    dump = subprocess.run(argv, capture_output=True, check=True).stdout

    assert b"environment_variables" in dump
    assert b"in two reads: [redacted]" in dump
    assert not canary.is_in(dump)


def test_a_dump_of_redis_does_not_hold_it(server: Server, canary: Canary, command_lines: list[bytes]) -> None:
    with redis.Redis(unix_socket_path=str(server.data_dir / "stores" / "run" / "valkey.sock")) as client:
        found = b"".join(key + (client.dump(key) or b"") for key in client.scan_iter())

    assert not canary.is_in(found)


def test_no_file_of_the_data_directory_holds_it(server: Server, canary: Canary, command_lines: list[bytes]) -> None:
    read = {path: path.read_bytes() for path in _files(server.data_dir)}

    assert {"state.json", "secret.key", "edge.key", "output.log"} <= {path.name for path in read}
    assert any("artifacts" in path.parts and path.name == "server.ts" for path in read)
    assert not [str(path) for path, content in read.items() if canary.is_in(content)]


def test_another_project_s_sandbox_does_not_see_it(
    server: Server, canary: Canary, command_lines: list[bytes], tmp_path: Path
) -> None:
    (tmp_path / "package.json").write_text(json.dumps({"scripts": {"start": "bun spy.ts"}}))
    (tmp_path / "spy.ts").write_text(SPIES)
    server.deploy(tmp_path, "spy")

    seen = server.get("spy", "/see")

    assert seen.status == 200
    assert "spy.ts" in seen.text, "it sees itself"
    assert not canary.is_in(seen.body)


def _command_lines() -> Iterator[bytes]:
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            yield path.read_bytes()
        except OSError:
            # It ended while it was looked at.
            continue


def _files(directory: Path) -> Iterator[Path]:
    for path in directory.rglob("*"):
        if stat.S_ISREG(path.lstat().st_mode):
            yield path
